/** The service worker against caches as browsers have them, and a network that is there or not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const ORIGIN = 'https://wolnica.example'
const html = (user: number) => `<!doctype html><script type="application/json" id="wolnica">{"user":${user ? `{"id":${user}}` : 'null'}}</script>`

class Store {
  kept = new Map<string, Response>()
  full = false
  #key(request: RequestInfo | URL) {
    return new URL(request instanceof Request ? request.url : String(request), ORIGIN).href
  }
  async match(request: RequestInfo | URL) {
    return this.kept.get(this.#key(request))?.clone()
  }
  async put(request: RequestInfo | URL, answer: Response) {
    if (this.full) throw new DOMException('full', 'QuotaExceededError')
    this.kept.set(this.#key(request), answer)
  }
  async delete(request: RequestInfo | URL) {
    return this.kept.delete(this.#key(request))
  }
  async addAll(list: string[]) {
    for (const one of list) await this.put(one, await fetch(one))
  }
  async keys() {
    return [...this.kept.keys()].map((url) => new Request(url))
  }
}

let stores: Map<string, Store>
let network: (path: string) => Response | Promise<Response>
let heard: Record<string, (event: object) => void>
const store = async (name: string) => {
  if (!stores.has(name)) stores.set(name, new Store())
  return stores.get(name)!
}

beforeEach(async () => {
  stores = new Map()
  heard = {}
  network = () => new Response('')
  vi.stubGlobal('__ASSETS__', ['/ui/assets/main-1.js'])
  vi.stubGlobal('__BUILD__', 'b2')
  vi.stubGlobal('caches', { open: store, delete: async (name: string) => stores.delete(name), keys: async () => [...stores.keys()] })
  vi.stubGlobal('fetch', async (request: RequestInfo | URL) => network(new URL(request instanceof Request ? request.url : String(request), ORIGIN).pathname))
  vi.stubGlobal('self', { location: { origin: ORIGIN }, skipWaiting: async () => undefined, clients: { claim: async () => undefined }, addEventListener: (name: string, hear: (event: object) => void) => (heard[name] = hear) })
  vi.resetModules()
  await import('./sw')
})
afterEach(() => vi.unstubAllGlobals())

const down = () => (network = () => Promise.reject(new TypeError('network')))

/** Sends an event to the worker and waits for all it does about it; gives its answer, or null where the browser goes its own way. */
async function tell(name: 'install' | 'activate' | 'fetch', request?: Request): Promise<Response | null> {
  const work: Promise<unknown>[] = []
  let answer: Promise<Response> | null = null
  heard[name]!({ request, waitUntil: (one: Promise<unknown>) => work.push(one), respondWith: (one: Promise<Response>) => (answer = one) })
  try {
    return answer ? await answer : null
  } finally {
    for (let i = 0; i < work.length; i += 1) await work[i]
  }
}
const get = (path: string) => new Request(ORIGIN + path)
/** A request for a page, as the browser makes it when one goes there. */
const go = (path: string) => Object.defineProperty(get(path), 'mode', { value: 'navigate' })
const text = async (answer: Promise<Response | null>) => (await answer)?.text()

/** Somebody visits a page and, with it, a record. */
async function visit(user: number) {
  network = (path) => (path.startsWith('/api/') ? Response.json({ of: user }) : new Response(html(user), { headers: { 'Content-Type': 'text/html' } }))
  await tell('fetch', go('/ewidencja'))
  await tell('fetch', get('/api/v1/places/5'))
}

describe('the service worker', () => {
  it('has the program at hand, and drops that of an earlier build', async () => {
    await store('wolnica-assets-b1')
    network = () => new Response('program')
    await tell('install')
    await tell('activate')
    expect([...stores.keys()]).toContain('wolnica-assets-b2')
    expect([...stores.keys()]).not.toContain('wolnica-assets-b1')
    down()
    expect(await text(tell('fetch', get('/ui/assets/main-1.js')))).toBe('program')
  })
  it('opens any page of the program, and the records one visited, without a connection', async () => {
    await visit(7)
    down()
    expect(await text(tell('fetch', go('/ewidencja/miejsca/5')))).toBe(html(7))
    expect(await (await tell('fetch', get('/api/v1/places/5')))?.json()).toEqual({ of: 7 })
    await expect(tell('fetch', get('/api/v1/places/6'))).rejects.toThrow()
  })
  it('keeps nothing for nobody', async () => {
    await visit(0)
    down()
    await expect(tell('fetch', go('/ewidencja'))).rejects.toThrow()
    await expect(tell('fetch', get('/api/v1/places/5'))).rejects.toThrow()
  })
  it('forgets the records of one when another signs in, and of everybody when one signs out', async () => {
    await visit(7)
    network = () => new Response(html(8), { headers: { 'Content-Type': 'text/html' } })
    await tell('fetch', go('/ewidencja'))
    down()
    expect(await text(tell('fetch', go('/ewidencja')))).toBe(html(8))
    await expect(tell('fetch', get('/api/v1/places/5'))).rejects.toThrow()
    await visit(8)
    await tell('fetch', new Request(`${ORIGIN}/wyloguj`, { method: 'POST' }))
    down()
    await expect(tell('fetch', get('/api/v1/places/5'))).rejects.toThrow()
    await expect(tell('fetch', go('/ewidencja'))).rejects.toThrow()
  })
  it('forgets a record that one may no longer see', async () => {
    await visit(7)
    network = () => new Response('', { status: 404 })
    await tell('fetch', get('/api/v1/places/5'))
    down()
    await expect(tell('fetch', get('/api/v1/places/5'))).rejects.toThrow()
  })
  it('answers from the network where there is no room to keep anything', async () => {
    await visit(7)
    for (const one of stores.values()) one.full = true
    ;(await store('wolnica-assets-b2')).full = true
    network = (path) => new Response(path.startsWith('/ui/') ? 'program' : html(7), { headers: { 'Content-Type': 'text/html' } })
    expect(await text(tell('fetch', get('/ui/assets/new-2.js')))).toBe('program')
    expect(await text(tell('fetch', go('/ewidencja')))).toBe(html(7))
    expect(await text(tell('fetch', get('/api/v1/places/5')))).toBe(html(7))
  })
  it('leaves changes and strangers alone', async () => {
    expect(await tell('fetch', new Request(`${ORIGIN}/api/v1/places/5`, { method: 'PATCH', body: '{}' }))).toBeNull()
    expect(await tell('fetch', new Request('https://tiles.example/1/2/3.png'))).toBeNull()
  })
})
