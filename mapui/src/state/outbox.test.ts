/** The outbox against a store as browsers have it and a server that answers as one likes. A window is a fresh copy of the program on the same store. */
import 'fake-indexeddb/auto'
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '../api/merge'
import type { NewChange } from './outbox.svelte'
import type { Outgoing } from './outgoing'

type Answer = { status: number; body?: JsonObject } | 'unreachable' | 'lost'
/** What the server does with a request; `lost` is done, but its answer does not come. */
let server: (request: { method: string; path: string; body: JsonObject | null; version: string | null }) => Answer | Promise<Answer>
let requests: { method: string; path: string; body: JsonObject | null; version: string | null }[]
let listeners: Record<string, ((event: { preventDefault: () => void }) => void)[]>
/** Who the session says one is. */
let session: number

vi.setConfig({ testTimeout: 60_000 })

const changes = () => requests.filter((r) => r.method !== 'GET')

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('structuredClone', copy)
  const begin = setTimeout
  vi.stubGlobal('setTimeout', (...given: Parameters<typeof begin>) => {
    const timer = begin(...given)
    timers.push(timer)
    return timer
  })
  requests = []
  listeners = {}
  session = 1
  server = () => ({ status: 200, body: {} })
  vi.stubGlobal('addEventListener', (name: string, hear: () => void) => (listeners[name] ??= []).push(hear))
  vi.stubGlobal('document', { documentElement: { lang: 'pl' }, addEventListener: () => undefined, visibilityState: 'visible', getElementById: () => null })
  let locked = false
  const locks = {
    request: async (_: string, __: object, run: (lock: object | null) => Promise<void>) => {
      if (locked) return run(null)
      locked = true
      try {
        await run({})
      } finally {
        locked = false
      }
    },
  }
  vi.stubGlobal('navigator', { locks, storage: { persist: () => Promise.resolve(true) } })
  vi.stubGlobal('fetch', async (path: string, init: { method?: string; body?: string | null; headers?: Record<string, string> } = {}) => {
    const request = { method: init.method ?? 'GET', path, body: init.body ? (JSON.parse(init.body) as JsonObject) : null, version: init.headers?.['If-Match'] ?? null }
    if (path !== '/api/v1/me') requests.push(request)
    const answer = path === '/api/v1/me' ? (offline ? 'unreachable' : { status: 200, body: { id: session } }) : await server(request)
    if (answer === 'unreachable' || answer === 'lost') throw new TypeError('network')
    return new Response(JSON.stringify(answer.body ?? {}), { status: answer.status })
  })
})
let offline = false
/** What the windows of a test have still in mind goes with them. */
let timers: ReturnType<typeof setTimeout>[] = []
/** What browsers keep of a value; the clone of Node takes a file for a nameless blob. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (typeof value !== 'object' || value === null || value instanceof File) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one)]))
}
afterEach(() => {
  offline = false
  for (const timer of timers) clearTimeout(timer)
  timers = []
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** open is a window of a person: the program started anew on what the browser keeps. */
async function open(id = 1) {
  vi.resetModules()
  vi.doMock('./boot', () => ({ boot: { lang: 'pl', user: { id, name: `Osoba ${id}`, roles: [] } } }))
  const { loadBase } = await import('../i18n')
  await loadBase()
  const { outbox } = await import('./outbox.svelte')
  await outbox.start()
  await vi.waitFor(() => expect(outbox.sending).toBe(false), { timeout: 20_000 })
  return outbox
}
/** Until so many changes have come to the server. */
const come = (count: number) => vi.waitFor(() => expect(changes()).toHaveLength(count), { timeout: 20_000 })
const away = () => {
  offline = true
  const before = server
  server = () => 'unreachable'
  return () => {
    offline = false
    server = before
  }
}

const base: JsonObject = { name: { pl: 'Dwór' }, source: 'Spis' }
const patch = (body: JsonObject, more: Partial<NewChange> = {}): NewChange => ({ record: 'places/5', page: '/ewidencja/miejsca/5', name: 'Dwór', kind: 'place', method: 'PATCH', path: '/api/v1/places/5', version: 3, body, base, ...more })
const inspection = (key: string, body: JsonObject, more: Partial<NewChange> = {}): NewChange => ({ record: `inspections/new-${key}`, page: '/ewidencja/miejsca/5', name: 'Przegląd', kind: 'inspection', method: 'POST', path: '/api/v1/inspections', version: null, body: { place_id: 5, ...body }, base: null, ...more })

describe('sending', () => {
  it('gives the answer and keeps nothing', async () => {
    server = () => ({ status: 200, body: { id: 5, version: 4 } })
    const outbox = await open()
    expect(await outbox.send(patch({ source: 'A' }))).toEqual({ kept: false, answer: { id: 5, version: 4 } })
    expect(changes()).toEqual([{ method: 'PATCH', path: '/api/v1/places/5', body: { source: 'A' }, version: '"v3"' }])
    expect(outbox.entries).toEqual([])
    expect((await open()).entries).toEqual([])
  })
  it('has written the change down before it goes, so that a window that dies then loses nothing', async () => {
    const outbox = await open()
    server = () => new Promise<Answer>(() => undefined)
    void outbox.send(patch({ source: 'A' }))
    await come(1)
    expect(outbox.entries).toEqual([]) // not shown as waiting while it is on its way
    const next = await open()
    expect(next.entries.map((o: Outgoing) => o.body)).toEqual([{ source: 'A' }])
    // it may be on its way still: nobody else sends it yet
    await next.flush(true)
    expect(changes()).toHaveLength(1)
  })
  it('keeps it where the server is not reached, and it goes when it is', async () => {
    const outbox = await open()
    const back = away()
    expect(await outbox.send(patch({ source: 'A' }))).toMatchObject({ kept: true })
    expect(outbox.waiting).toHaveLength(1)
    const heard: JsonObject[] = []
    const again = await open()
    again.onSent('places/5', (answer: JsonObject) => heard.push(answer))
    expect(again.waiting).toHaveLength(1)
    back()
    server = () => ({ status: 200, body: { id: 5, version: 4 } })
    await again.flush(true)
    expect(again.entries).toEqual([])
    expect(heard).toEqual([{ id: 5, version: 4 }])
    expect((await open()).entries).toEqual([])
  })
  it('asks a server that is not reached ever more seldom', async () => {
    const outbox = await open()
    away()
    let asked = 0
    const real = fetch
    vi.stubGlobal('fetch', (...given: Parameters<typeof fetch>) => {
      asked += 1
      return real(...given)
    })
    for (const hear of listeners.blur ?? []) hear({ preventDefault: () => undefined })
    await outbox.send(patch({ source: 'A' })) // asks who is signed in, and does not come to send it
    await new Promise((done) => setTimeout(done, 800))
    expect(asked).toBe(1)
  })
  it('throws what the server refuses, and keeps none of it', async () => {
    server = () => ({ status: 422, body: { title: 'Nie', errors: [{ pointer: '/source', code: 'x', detail: 'źle' }] } })
    const outbox = await open()
    await expect(outbox.send(patch({ source: '' }))).rejects.toMatchObject({ status: 422, fields: [{ pointer: '/source' }] })
    expect((await open()).entries).toEqual([])
  })
  it('joins what follows while one waits, and sends one change', async () => {
    const outbox = await open()
    const back = away()
    await outbox.send(patch({ source: 'A' }))
    await outbox.send(patch({ name: { pl: 'Dwór Z' } }, { base: { ...base, source: 'A' } }))
    expect(outbox.waiting).toHaveLength(1)
    back()
    await outbox.flush(true)
    expect(changes().filter((r) => r.method === 'PATCH').at(-1)?.body).toEqual({ source: 'A', name: { pl: 'Dwór Z' } })
  })
  it('loses nothing that is saved while a change is on its way', async () => {
    const outbox = await open()
    const back = away()
    await outbox.send(patch({ source: 'A' }))
    back()
    let arrive = () => {}
    server = (request) =>
      request.body?.source === 'A' ? new Promise((done) => (arrive = () => done({ status: 200, body: { id: 5, version: 4, ...base, source: 'A' } }))) : { status: 200, body: { id: 5, version: 5, ...base, source: 'B' } }
    const sent = changes().length
    const flushing = outbox.flush(true)
    await come(sent + 1)
    await outbox.send(patch({ source: 'B' }, { base: { ...base, source: 'A' } }))
    arrive()
    await flushing
    await outbox.flush(true)
    expect(changes().at(-1)).toMatchObject({ body: { source: 'B' }, version: '"v4"' })
    expect(outbox.entries).toEqual([])
  })
})

describe('what the server refuses later', () => {
  const refusing = async () => {
    const outbox = await open()
    const back = away()
    await outbox.send(patch({ source: 'A' }))
    back()
    server = () => ({ status: 422, body: { title: 'Nie' } })
    await outbox.flush(true)
    return outbox
  }
  it('waits for the person, and is not sent again by itself', async () => {
    const outbox = await refusing()
    expect(outbox.refused).toMatchObject([{ refused: { status: 422, message: 'Nie' } }])
    const sent = requests.length
    await outbox.flush(true)
    expect(requests).toHaveLength(sent)
    expect((await open()).refused).toHaveLength(1)
  })
  it('goes when one that says all of it has arrived, and not for another', async () => {
    const outbox = await refusing()
    server = () => ({ status: 200, body: { id: 5, version: 4 } })
    await outbox.send(patch({ name: { pl: 'B' } }))
    expect(outbox.refused).toHaveLength(1)
    // put back by the form that went on with it
    await outbox.send(patch({ name: { pl: 'C' } }, { over: { id: outbox.refused[0]!.id, revision: 0 } }))
    expect(outbox.entries).toEqual([])
  })
  it('goes when the person throws it away, for good', async () => {
    const outbox = await refusing()
    await outbox.discard(outbox.refused[0]!.id)
    expect(outbox.entries).toEqual([])
    expect((await open()).entries).toEqual([])
  })
  it('does not come back when it was thrown away on its way', async () => {
    const outbox = await open()
    const back = away()
    await outbox.send(patch({ source: 'A' }))
    back()
    let arrive = () => {}
    server = () => new Promise((done) => (arrive = () => done('unreachable')))
    const sent = changes().length
    const flushing = outbox.flush(true)
    await come(sent + 1)
    await outbox.discard(outbox.entries[0]!.id)
    arrive()
    await flushing
    expect(outbox.entries).toEqual([])
    expect((await open()).entries).toEqual([])
  })
})

describe('a version that came between', () => {
  const waiting = async (body: JsonObject) => {
    const outbox = await open()
    const back = away()
    await outbox.send(patch(body))
    back()
    return outbox
  }
  it('is merged where it changed something else', async () => {
    const outbox = await waiting({ source: 'A' })
    const now = { id: 5, version: 9, ...base, name: { pl: 'Dwór od nich' } }
    server = (r) => (r.method === 'GET' ? { status: 200, body: now } : r.version === '"v9"' ? { status: 200, body: { ...now, version: 10, source: 'A' } } : { status: 412 })
    await outbox.flush(true)
    expect(changes().at(-1)).toMatchObject({ version: '"v9"', body: { source: 'A' } })
    expect(outbox.entries).toEqual([])
  })
  it('is for the person to decide where it changed the same', async () => {
    const outbox = await waiting({ source: 'A' })
    server = (r) => (r.method === 'GET' ? { status: 200, body: { id: 5, version: 9, ...base, source: 'ich' } } : { status: r.version === '"v9"' ? 200 : 412 })
    await outbox.flush(true)
    expect(outbox.refused).toMatchObject([{ refused: { status: 412 } }])
  })
  it('that is one’s own, its answer lost, counts as arrived', async () => {
    const outbox = await waiting({ source: 'A' })
    server = (r) => (r.method === 'GET' ? { status: 200, body: { id: 5, version: 4, ...base, source: 'A' } } : { status: 412 })
    await outbox.flush(true)
    expect(outbox.entries).toEqual([])
  })
})

describe('an answer that was lost', () => {
  const made: JsonObject[] = []
  const now = () => new Date().toISOString()
  beforeEach(() => {
    made.length = 0
  })
  const list: typeof server = (r) => (r.method === 'GET' ? { status: 200, body: { items: [...made] } } : { status: 500 })

  it('of a new record: it is found, and not made again', async () => {
    const outbox = await open()
    server = (r) => {
      made.push({ id: 70, version: 1, created_at: now(), ...r.body, method: 'measured', trend: 'unknown' })
      return 'lost'
    }
    expect(await outbox.send(inspection('a', { grade: 'good' }))).toMatchObject({ kept: true })
    server = list
    await outbox.flush(true)
    expect(outbox.entries).toEqual([])
    expect(changes()).toHaveLength(1)
  })
  it.each([
    ['says more', { grade: 'good', note: 'inny' }, {}],
    ['is another’s', { grade: 'good' }, { place_id: 6 }],
    ['is older', { grade: 'good' }, { created_at: '2020-01-01T00:00:00Z' }],
  ])('is not taken from a record that %s', async (_, body, more) => {
    const outbox = await open()
    server = () => 'lost'
    await outbox.send(inspection('a', { grade: 'good' }))
    made.push({ id: 70, version: 1, created_at: now(), place_id: 5, ...body, ...more })
    server = (r) => (r.method === 'GET' ? list(r) : { status: 201, body: { id: 71, version: 1 } })
    await outbox.flush(true)
    expect(changes()).toHaveLength(2)
    expect(outbox.entries).toEqual([])
  })
  it('two alike are two: one is not taken for the other', async () => {
    const outbox = await open()
    const back = away()
    await outbox.send(inspection('a', { grade: 'good' }))
    await outbox.send(inspection('b', { grade: 'good' }))
    back()
    server = (r) => {
      if (r.method === 'GET') return list(r)
      const record = { id: 70 + made.length, version: 1, created_at: now(), ...r.body }
      made.push(record)
      return { status: 201, body: record }
    }
    const before = changes().length
    await outbox.flush(true)
    expect(outbox.entries).toEqual([])
    expect(changes().length - before).toBe(2)
    expect(made).toHaveLength(2)
  })
  it.each([['the same size is it', 1000, 1], ['another size is not it', 2000, 2]])('of a picture: one of the same name and %s', async (_, size, sent) => {
    class Upload {
      static sent = 0
      upload = {}
      status = 0
      response: unknown = null
      onload = () => {}
      onerror = () => {}
      open() {}
      setRequestHeader() {}
      send() {
        Upload.sent += 1
        setTimeout(() => {
          if (offline) return this.onerror()
          this.status = 201
          this.response = { id: 91, version: 1 }
          this.onload()
        })
      }
    }
    vi.stubGlobal('XMLHttpRequest', Upload)
    const outbox = await open()
    const back = away()
    const photo = (bytes: number): NewChange => ({ record: `media/new-${bytes}`, page: '', name: '', kind: 'media', method: 'POST', path: '/api/v1/media', version: null, body: { place_id: 5, sort: 10 }, base: null, file: new File([new Uint8Array(bytes)], 'image.jpg', { type: 'image/jpeg' }) })
    await outbox.send(photo(1000))
    back()
    made.push({ id: 90, version: 1, created_at: now(), place_id: 5, sort: 10, file_name: 'image.jpg', size_bytes: size })
    server = list
    await outbox.flush(true)
    expect([Upload.sent, outbox.entries.length]).toEqual([sent, 0])
  })
  it('of what was done to a record: the next version is one’s own', async () => {
    const dispute = { record: 'access-facts/8', page: '', name: '', kind: 'fact' as const, method: 'POST' as const, path: '/api/v1/access-facts/8/dispute', version: 2, body: { note: 'x' }, base: null }
    for (const [actor, entries] of [['Osoba 1', 0], ['Ktoś', 1]] as const) {
      const outbox = await open()
      server = () => 'lost'
      await outbox.send(dispute)
      server = (r) => (r.method !== 'GET' ? { status: 412 } : r.path.includes('/history') ? { status: 200, body: { items: [{ version: 3, actor, at: now() }] } } : { status: 200, body: { id: 8, version: 3 } })
      await outbox.flush(true)
      expect(outbox.refused, actor).toHaveLength(entries)
    }
  })
  it('two things done to a record without a connection are done one after the other', async () => {
    const outbox = await open()
    const back = away()
    const act = (verb: string): NewChange => ({ record: 'access-facts/8', page: '', name: '', kind: 'fact', method: 'POST', path: `/api/v1/access-facts/8/${verb}`, version: 2, body: {}, base: null })
    await outbox.send(act('dispute'))
    await outbox.send(act('withdraw'))
    back()
    let version = 2
    server = (r) => (r.method === 'GET' ? { status: 200, body: { items: [] } } : r.version === `"v${version}"` ? { status: 200, body: { id: 8, version: ++version } } : { status: 412 })
    await outbox.flush(true)
    await outbox.flush(true)
    expect(outbox.entries).toEqual([])
    expect(version).toBe(4)
  })
})

describe('a store that is full', () => {
  it('costs nothing as long as the page lives, and holds it', async () => {
    const outbox = await open()
    const back = away()
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore) {
      // room runs out at the end of a transaction, not at the request
      this.transaction.abort()
      return {} as IDBRequest<IDBValidKey>
    } as never)
    await outbox.send(patch({ source: 'A' }))
    expect(outbox.fleeting).toBe(true)
    await outbox.flush(true) // reads the store anew
    expect(outbox.waiting).toHaveLength(1)
    const held = () => {
      const event = { preventDefault: vi.fn() }
      for (const hear of listeners.beforeunload ?? []) hear(event)
      return event.preventDefault.mock.calls.length > 0
    }
    expect(held()).toBe(true)
    await outbox.send(patch({ source: 'B' }, { base: { ...base, source: 'A' } }))
    expect(outbox.waiting).toMatchObject([{ body: { source: 'B' } }])
    back()
    server = () => ({ status: 200, body: { id: 5, version: 4 } })
    await outbox.flush(true)
    expect(changes().at(-1)?.body).toEqual({ source: 'B' })
    expect(outbox.entries).toEqual([])
    expect(held()).toBe(false)
    put.mockRestore()
    expect((await open()).entries).toEqual([])
  })
})

describe('another person', () => {
  it('neither sees nor sends what one left behind', async () => {
    const first = await open(1)
    const back = away()
    await first.send(patch({ source: 'A' }))
    back()
    session = 2
    const second = await open(2)
    expect(second.entries).toEqual([])
    const sent = changes().length
    await second.flush(true)
    expect(changes()).toHaveLength(sent)
    session = 1
    expect((await open(1)).entries.length + changes().length).toBeGreaterThan(sent)
  })
  it('who signed in in another window does not lend their name: the change waits for its own', async () => {
    const outbox = await open(1)
    for (const hear of listeners.blur ?? []) hear({ preventDefault: () => undefined })
    session = 2
    expect(await outbox.send(patch({ source: 'A' }))).toMatchObject({ kept: true })
    await outbox.flush(true)
    expect(changes()).toEqual([])
    expect([outbox.signedOut, outbox.waiting.length]).toEqual([true, 1])
    session = 1
    await outbox.flush(true)
    expect(changes()).toHaveLength(1)
    expect([outbox.signedOut, outbox.entries.length]).toEqual([false, 0])
  })
  it('is nobody when the session has ended: nothing is lost', async () => {
    const outbox = await open(1)
    server = () => ({ status: 401 })
    expect(await outbox.send(patch({ source: 'A' }))).toMatchObject({ kept: true })
    expect([outbox.signedOut, outbox.waiting.length]).toEqual([true, 1])
  })
})
