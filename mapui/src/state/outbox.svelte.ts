/**
 * The way of the changes that forms make to records, to the server; what is done to many at once, views, and decisions have no use without a connection and go
 * by themselves. A change is written into this browser (IndexedDB, pictures too) before it is sent, and goes when the server
 * has answered: neither a reload nor a killed browser loses it. What does not arrive is shown and tried again: with growing pauses, when the connection comes
 * back, and when one comes back to the page. Only the person throws something away. What the server refuses waits for the person.
 */
import { ApiError, problem } from '../api/client'
import { applyPatch, mergeThree, patchOf, same, type JsonObject } from '../api/merge'
import { collection, inputOf } from '../api/records'
import { lang, t } from '../i18n'
import { due, follow, join, nextTry, ordered, pause, replaces, rest, wanted, type Kind, type Outgoing } from './outgoing'
import { user } from './session.svelte'

/** A change as a form hands it over. */
export type NewChange = Pick<Outgoing, 'record' | 'page' | 'name' | 'kind' | 'method' | 'path' | 'version' | 'body' | 'base' | 'over'> & { file?: File | null }

/** What became of it: the server's answer, or that it waits here. */
export type Sent = { kept: false; answer: JsonObject } | { kept: true; id: string }

export type Progress = (share: number) => void

const DATABASE = 'wolnica'
const STORE = 'outbox'
const LOCK = 'wolnica-outbox'
/** For how long (ms) a change that a form is sending is left alone by everybody else. */
const IN_FLIGHT = 120_000

class Outbox {
  /** The changes of whoever is signed in that have not reached the server, in their order. */
  entries = $state.raw<Outgoing[]>([])
  sending = $state(false)
  /** The session ended: nothing goes until one signs in again. */
  signedOut = $state(false)
  /** The browser keeps nothing (a private window, or no room): what waits would not outlive the page. */
  fleeting = $state(false)
  waiting = $derived(this.entries.filter((one) => !one.refused))
  refused = $derived(this.entries.filter((one) => one.refused))
  #all: Outgoing[] = []
  /** What a form of this page is sending right now: kept, but not shown as waiting, and nothing is joined to it. */
  #flying = new Set<string>()
  /** What the browser had no room for. It lives as long as the page. */
  #unstored = new Map<string, Outgoing>()
  /** The page was left since it was asked who is signed in; somebody else may be by now. */
  #left = false
  /** How often in a row the server was not reached to ask, and when it is asked again. */
  #missed = { times: 0, until: 0 }
  #database: Promise<IDBDatabase> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #started: Promise<void> | null = null
  #heard: { record: string; hear: (answer: JsonObject, of: Outgoing) => void }[] = []
  #others = typeof BroadcastChannel === 'function' ? new BroadcastChannel(LOCK) : null

  /** Reads what waits and begins to send it; once a page. */
  start(): Promise<void> {
    this.#started ??= this.#begin()
    return this.#started
  }

  async #begin(): Promise<void> {
    await this.#read()
    // the program and the records one visits stay at hand without a connection
    if (user && import.meta.env.PROD) navigator.serviceWorker?.register('/sw.js').catch(() => undefined)
    addEventListener('online', () => void this.flush(true))
    addEventListener('focus', () => void this.flush(true))
    addEventListener('blur', () => (this.#left = true))
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.flush(true)
    })
    this.#others?.addEventListener('message', () => void this.#read())
    addEventListener('beforeunload', (event) => {
      if (this.#unstored.size > 0) event.preventDefault()
    })
    navigator.storage?.persist?.().catch(() => undefined)
    void this.flush()
  }

  /** Hears the answers to changes of a record that waited; the function it returns ends it. */
  onSent(record: string, hear: (answer: JsonObject, of: Outgoing) => void): () => void {
    const one = { record, hear }
    this.#heard.push(one)
    return () => {
      this.#heard = this.#heard.filter((h) => h !== one)
    }
  }

  /** What waits or was refused of one record. */
  of(record: string): Outgoing[] {
    return this.entries.filter((one) => one.record === record)
  }

  /** What waits or was refused on the page of one place or product. */
  onPage(page: string): Outgoing[] {
    return this.entries.filter((one) => one.page === page)
  }

  /** A record as it will be when what waits of it has arrived; `now` is how the server has it. */
  wanted(record: string, now: JsonObject): JsonObject {
    const one = this.of(record).find((o) => o.method === 'PATCH')
    return one ? wanted(one) : now
  }

  /**
   * Sends a change, or keeps it where the connection fails or others of its record wait. It throws an ApiError for what the server refuses; then nothing
   * is kept, since the form still has it.
   */
  async send(change: NewChange, progress?: Progress): Promise<Sent> {
    await this.start()
    const one: Outgoing = {
      ...change, file: change.file ?? null, id: crypto.randomUUID(), user: user?.id ?? 0, at: new Date().toISOString(), revision: 0, tries: 0, after: 0, refused: null,
    }
    if (this.#all.some((o) => o.user === one.user && o.record === one.record && !o.refused)) return this.#keep(one)
    // kept before it goes, as one that may have arrived: should this page die, it is looked for before it is sent again
    const ahead: Outgoing = { ...one, tries: 1, after: Date.now() + IN_FLIGHT }
    this.#flying.add(one.id)
    await this.#write(ahead)
    if (this.#left && !(await this.#mine())) {
      this.#flying.delete(one.id)
      await this.#settle(ahead, one)
      this.#schedule()
      return { kept: true, id: one.id }
    }
    try {
      const answer = await transmit(one, progress)
      this.#flying.delete(one.id)
      await this.#settle(ahead, null, answer)
      for (const old of this.of(one.record)) if (old.refused && replaces(one, old)) await this.#delete(old.id)
      this.signedOut = false
      this.#schedule()
      return { kept: false, answer }
    } catch (cause) {
      this.#flying.delete(one.id)
      if (!(cause instanceof ApiError) || !(cause.transient || cause.status === 401)) {
        await this.#settle(ahead, null) // the form still has it
        throw cause
      }
      this.signedOut = cause.status === 401
      await this.#settle(ahead, { ...ahead, after: Date.now() + pause(1) })
      this.#schedule()
      return { kept: true, id: one.id }
    }
  }

  async #keep(one: Outgoing): Promise<Sent> {
    const { keep, drop } = join(this.#all.filter((o) => !this.#flying.has(o.id)), one)
    for (const id of drop) await this.#delete(id)
    await this.#write(keep)
    this.#schedule()
    return { kept: true, id: keep.id }
  }

  /** Throws a change away; only the person asks for that. */
  async discard(id: string): Promise<void> {
    await this.#delete(id)
    this.#schedule()
  }

  /** Sends what is due; `now` also what would wait a while yet. */
  async flush(now = false): Promise<void> {
    if (!user) return
    const run = async () => {
      this.sending = true
      try {
        await this.#run(now)
      } finally {
        this.sending = false
        this.#schedule()
      }
    }
    if (!navigator.locks) {
      if (!this.sending) await run()
      return
    }
    // two windows must not send the same twice
    await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (lock) await run()
    })
  }

  async #run(now: boolean): Promise<void> {
    await this.#read()
    const tried = new Set<string>()
    for (;;) {
      // what a form is sending, here or in another window, holds back what follows it
      const one = due(this.#all, user!.id, now ? Infinity : Date.now()).find((o) => !tried.has(o.id) && !this.#flying.has(o.id) && !(o.tries === 1 && Date.now() < Date.parse(o.at) + IN_FLIGHT && o.after > Date.now() + pause(1)))
      if (!one) return
      // somebody else may have signed in in another window: nothing goes in their name
      if (tried.size === 0 && !(await this.#mine())) return
      tried.add(one.id)
      try {
        if (one.method !== 'PATCH') await this.#settle(one, { ...one, tries: one.tries + 1 }) // should this page die now, it is looked for first
        const answer = await deliver(one)
        await this.#settle(one, null, answer)
        this.signedOut = false
        for (const h of this.#heard) if (h.record === one.record) h.hear(answer, one)
      } catch (cause) {
        if (!(cause instanceof ApiError)) throw cause
        if (cause.status === 401) {
          this.signedOut = true
          return
        }
        if (cause.transient) {
          await this.#settle(one, { ...one, tries: one.tries + 1, after: Date.now() + pause(one.tries + 1) })
          if (cause.status === 0) return // no connection: the others would fail too
        } else await this.#settle(one, { ...one, tries: one.tries + 1, refused: { status: cause.status, message: cause.message, fields: cause.fields } })
      }
    }
  }

  /** Whether the session is still that of the person whose page this is. */
  async #mine(): Promise<boolean> {
    try {
      const me = await ask('/api/v1/me')
      this.signedOut = Number(me.id) !== user?.id
      this.#left = this.signedOut
      this.#missed = { times: 0, until: 0 }
      return !this.signedOut
    } catch (cause) {
      if (cause instanceof ApiError && cause.status === 401) this.signedOut = true
      else this.#missed = { times: this.#missed.times + 1, until: Date.now() + pause(this.#missed.times + 1) }
      return false
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (!user || this.signedOut) return
    const next = nextTry(this.#all, user.id, Date.now())
    if (next !== null) this.#timer = setTimeout(() => void this.flush(), Math.max(250, Math.max(next, this.#missed.until) - Date.now()))
  }

  #show(): void {
    this.entries = user ? ordered(this.#all, user.id).filter((one) => !this.#flying.has(one.id)) : []
  }

  async #read(): Promise<void> {
    try {
      const stored = await asked<Outgoing[]>((await this.#open()).transaction(STORE).objectStore(STORE).getAll())
      this.#all = stored
    } catch {
      this.fleeting = true
    }
    this.#all = [...this.#all.filter((o) => !this.#unstored.has(o.id)), ...this.#unstored.values()]
    this.#show()
  }

  async #write(one: Outgoing): Promise<void> {
    this.#all = [...this.#all.filter((o) => o.id !== one.id), one]
    this.#show()
    try {
      const transaction = (await this.#open()).transaction(STORE, 'readwrite')
      transaction.objectStore(STORE).put(one)
      await committed(transaction)
      this.#unstored.delete(one.id)
      this.#others?.postMessage(null)
    } catch {
      this.#unstored.set(one.id, one)
      this.fleeting = true
    }
  }

  /**
   * Writes what became of a change that was sent; null takes it away, and with the server's answer what waits is brought up to date. Of what was joined to it
   * meanwhile, here or in another window, the rest stays. What the person threw away meanwhile does not come back.
   */
  async #settle(sent: Outgoing, after: Outgoing | null, answer?: JsonObject): Promise<void> {
    const became = (all: Outgoing[]) => {
      const now = all.find((one) => one.id === sent.id)
      const left = !now ? null : now.revision === sent.revision ? after && { ...now, tries: after.tries, after: after.after, refused: after.refused } : answer ? rest(sent, now, answer) : now
      return { put: [...(answer ? follow(all, sent, answer) : []), ...(left ? [left] : [])], gone: now !== undefined && left === null }
    }
    const unstored = new Set(this.#unstored.keys())
    const here = became([...this.#unstored.values()])
    for (const one of here.put) this.#unstored.set(one.id, one)
    if (here.gone) {
      this.#unstored.delete(sent.id)
      this.#all = this.#all.filter((one) => one.id !== sent.id)
    }
    try {
      const transaction = (await this.#open()).transaction(STORE, 'readwrite')
      const store = transaction.objectStore(STORE)
      const { put, gone } = became((await asked<Outgoing[]>(store.getAll())).filter((one) => !unstored.has(one.id)))
      for (const one of put) store.put(one)
      if (gone || here.gone) store.delete(sent.id)
      await committed(transaction)
      this.#others?.postMessage(null)
    } catch {
      this.fleeting = true
    }
    await this.#read()
  }

  async #delete(id: string): Promise<void> {
    this.#all = this.#all.filter((o) => o.id !== id)
    this.#unstored.delete(id)
    this.#show()
    try {
      const transaction = (await this.#open()).transaction(STORE, 'readwrite')
      transaction.objectStore(STORE).delete(id)
      await committed(transaction)
      this.#others?.postMessage(null)
    } catch {
      this.fleeting = true
    }
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error ?? new Error('indexedDB'))
      request.onblocked = () => reject(new Error('indexedDB'))
    })
    return this.#database
  }
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('indexedDB'))
  })
}

/** A transaction that could not be written, for want of room, fails at its end, not at its requests. */
function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('indexedDB'))
  })
}

/** transmit sends a change once. */
async function transmit(one: Outgoing, progress?: Progress): Promise<JsonObject> {
  const headers: Record<string, string> = { 'Accept-Language': lang, Accept: 'application/json' }
  if (one.version !== null) headers['If-Match'] = `"v${one.version}"`
  if (one.file) return upload(one, one.file, headers, progress)
  if (one.body) headers['Content-Type'] = one.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  let response: Response
  try {
    response = await fetch(one.path, { method: one.method, headers, body: one.body ? JSON.stringify(one.body) : null })
  } catch {
    throw new ApiError(0, t.common.networkError)
  }
  const body = await read(response)
  if (!response.ok) throw problem(response.status, body)
  return (body ?? {}) as JsonObject
}

async function read(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    if (response.ok && response.status !== 204) throw new ApiError(0, t.common.networkError) // cut off on its way
    return null
  }
}

/** upload sends a file, with progress, which fetch does not tell. */
function upload(one: Outgoing, file: File, headers: Record<string, string>, progress?: Progress): Promise<JsonObject> {
  const form = new FormData()
  form.append('record', new Blob([JSON.stringify(one.body ?? {})], { type: 'application/json' }))
  form.append('file', file, file.name)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(one.method, one.path)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && progress?.(event.loaded / event.total)
    request.onerror = request.ontimeout = request.onabort = () => reject(new ApiError(0, t.common.networkError))
    request.onload = () => {
      if (request.status >= 200 && request.status < 300 && request.response) resolve(request.response as JsonObject)
      else if (request.status >= 200 && request.status < 300) reject(new ApiError(0, t.common.networkError)) // cut off on its way
      else reject(problem(request.status, request.response))
    }
    request.send(form)
  })
}

async function ask(path: string): Promise<JsonObject> {
  let response: Response
  try {
    response = await fetch(path, { headers: { 'Accept-Language': lang, Accept: 'application/json' } })
  } catch {
    throw new ApiError(0, t.common.networkError)
  }
  const body = await read(response)
  if (!response.ok) throw problem(response.status, body)
  return body as JsonObject
}

/** deliver sends a change that waited. It may have arrived before, the answer alone being lost; and others may have changed the record since. */
async function deliver(one: Outgoing): Promise<JsonObject> {
  if (one.method === 'POST' && one.tries > 0) {
    const there = await arrived(one)
    if (there) return there
  }
  try {
    return await transmit(one)
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause
    if (one.method !== 'PATCH' && one.tries > 0 && (cause.status === 404 || cause.status === 412)) {
      const answer = await done(one)
      if (answer) return answer
    }
    if (cause.status !== 412 || one.method !== 'PATCH' || !one.base || !one.body) throw cause
    const now = await ask(one.path)
    const theirs = inputOf(one.kind, now)
    if (same(inputOf(one.kind, applyPatch(theirs, one.body)), theirs)) return now
    const { merged, conflicts } = mergeThree(one.base, applyPatch(one.base, one.body), theirs)
    if (conflicts.length > 0) throw cause
    return transmit({ ...one, version: Number(now.version), body: patchOf(theirs, merged) })
  }
}

/** Clocks differ: what was made this long (ms) before a change was saved may still be that change's. */
const ASKEW = 600_000

/** done finds out whether a deletion, a restoration, or what is done to a fact was done, its answer being lost: the next version is then this person's own. */
async function done(one: Outgoing): Promise<JsonObject | null> {
  const path = /^\/api\/v1\/.*?\/\d+/.exec(one.path)?.[0]
  if (!path || one.version === null) return null
  try {
    const changes = (await ask(`${path}/history?limit=100`)).items as JsonObject[]
    const own = changes.some((r) => r.version === one.version! + 1 && r.actor === user?.name && Date.parse(String(r.at)) >= Date.parse(one.at) - ASKEW)
    return own ? await ask(path) : null
  } catch (cause) {
    if (cause instanceof ApiError && !cause.transient && cause.status !== 401) return null
    throw cause
  }
}

/** What the server fills in where a new record does not say it. */
const FILLED = new Set(['state', 'trend', 'occupancy', 'survey_access', 'method', 'lifecycle', 'publication', 'visibility', 'status', 'readiness', 'lock', 'duration_years', 'cost_level', 'escalation_percent'])

/**
 * arrived finds what a change made whose answer was lost: a record, or facts recorded at once, that hold what was sent and nothing else that a person wrote,
 * with a file as large, and that no other change of this browser made.
 */
async function arrived(one: Outgoing): Promise<JsonObject | null> {
  const since = Date.parse(one.at) - ASKEW
  const recent = async (path: string) => ((await ask(path)).items as JsonObject[]).filter((item) => Date.parse(String(item.created_at)) >= since && !one.not?.includes(Number(item.id)))
  const holds = (item: JsonObject, sent: JsonObject) => {
    const there = inputOf(one.kind, item)
    return same(inputOf(one.kind, applyPatch(there, sent)), there) && Object.keys(there).every((name) => name in sent || FILLED.has(name))
  }
  const place = /^\/api\/v1\/places\/(\d+)\/access-facts$/.exec(one.path)
  if (place && Array.isArray(one.body?.facts)) {
    const items = await recent(`${collection.fact}?place=${place[1]}&limit=1000`)
    return (one.body.facts as JsonObject[]).every((fact) => items.some((item) => holds(item, { place_id: Number(place[1]), ...fact }))) ? { items } : null
  }
  if (!one.body || one.path !== collection[one.kind]) return null
  const { body } = one
  const name = encodeURIComponent(String((body.name as JsonObject | undefined)?.pl ?? '').slice(0, 200))
  const query = body.place_id ? `place=${String(body.place_id)}` : body.product_id ? `product=${String(body.product_id)}` : name && `q=${name}&sort=-id`
  if (!query) return null
  const items = await recent(`${one.path}?${query}&limit=100`)
  return items.find((item) => (!one.file || (item.file_name === one.file.name && item.size_bytes === one.file.size)) && holds(item, body)) ?? null
}

export const outbox = new Outbox()
export type { Kind, Outgoing }
