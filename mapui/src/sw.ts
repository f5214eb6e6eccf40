/**
 * The service worker, at /sw.js: the editor opens in the field without a connection. It keeps the built program, the last good page, and the records one
 * has visited, these for the person signed in alone: whatever was kept for one goes when they sign out or somebody else signs in. Answers come from the
 * network wherever there is one.
 */
import { appPage, treatment, userOf } from './offline'

/** The files of the build and a hash of their names, put in by the build. */
declare const __ASSETS__: string[]
declare const __BUILD__: string

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetched extends Extendable {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker {
  readonly location: Location
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  addEventListener(type: 'install' | 'activate', hear: (event: Extendable) => void): void
  addEventListener(type: 'fetch', hear: (event: Fetched) => void): void
}

const worker = self as unknown as Worker
const ASSETS = `wolnica-assets-${__BUILD__}`
const DATA = 'wolnica-data'
/** Most answers that are kept; the oldest go. */
const MOST = 300
/** Under these addresses, which the server does not have, the last page and its user are kept. */
const PAGE = '/.kept/page'
const USER = '/.kept/user'

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(ASSETS)
      .then((cache) => cache.addAll(__ASSETS__))
      .then(() => worker.skipWaiting()),
  )
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('wolnica-assets-') && name !== ASSETS).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim())
      // the page that brought the worker came before it
      .then(() => fetch('/ewidencja', { headers: { Accept: 'text/html' } }).then((answer) => (answer.ok && !answer.redirected ? keepPage(answer) : undefined)))
      .catch(() => undefined),
  )
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  switch (treatment(request, worker.location.origin)) {
    case 'signOut':
      event.waitUntil(caches.delete(DATA))
      break
    case 'asset':
      event.respondWith(asset(request, event))
      break
    case 'page':
      event.respondWith(page(request, event))
      break
    case 'record':
      event.respondWith(record(request, event))
      break
    case 'none':
  }
})

/** Files whose names hold a hash never change; the others, such as fonts, come from the network first. */
async function asset(request: Request, event: Fetched): Promise<Response> {
  const cache = await caches.open(ASSETS)
  if (new URL(request.url).pathname.startsWith('/ui/assets/')) {
    const kept = await cache.match(request)
    if (kept) return kept
  }
  try {
    const answer = await fetch(request)
    // with no room to keep it the answer is as good
    if (answer.status === 200) event.waitUntil(cache.put(request, answer.clone()).catch(() => undefined))
    return answer
  } catch (cause) {
    const kept = await cache.match(request, { ignoreSearch: true })
    if (!kept) throw cause
    return kept
  }
}

async function page(request: Request, event: Fetched): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(request)
  } catch (cause) {
    const kept = appPage(new URL(request.url).pathname) ? await (await caches.open(DATA)).match(PAGE) : undefined
    if (!kept) throw cause
    return kept
  }
  if (answer.ok && !answer.redirected && answer.headers.get('Content-Type')?.startsWith('text/html')) event.waitUntil(keepPage(answer.clone()).catch(() => undefined))
  return answer
}

async function keepPage(answer: Response): Promise<void> {
  const html = await answer.text()
  const user = userOf(html)
  if (user === null) return
  let cache = await caches.open(DATA)
  const before = await (await cache.match(USER))?.text()
  if (before !== undefined && before !== String(user)) {
    await caches.delete(DATA)
    cache = await caches.open(DATA)
  }
  if (user === 0) return // nothing is kept for nobody
  await cache.put(USER, new Response(String(user)))
  await cache.put(PAGE, new Response(html, { headers: answer.headers }))
}

async function record(request: Request, event: Fetched): Promise<Response> {
  try {
    const answer = await fetch(request)
    if (answer.ok && answer.status === 200 && !answer.headers.get('Cache-Control')?.includes('no-store')) event.waitUntil(keep(request, answer.clone()).catch(() => undefined))
    else if (answer.status === 401 || answer.status === 403 || answer.status === 404) event.waitUntil(caches.open(DATA).then((cache) => cache.delete(request, { ignoreVary: true })))
    return answer
  } catch (cause) {
    const kept = await (await caches.open(DATA)).match(request, { ignoreVary: true })
    if (!kept) throw cause
    return kept
  }
}

async function keep(request: Request, answer: Response): Promise<void> {
  const cache = await caches.open(DATA)
  if (!(await cache.match(USER))) return // nobody is known to be signed in
  await cache.delete(request, { ignoreVary: true })
  await cache.put(request, answer)
  const all = (await cache.keys()).filter((one) => !new URL(one.url).pathname.startsWith('/.kept/'))
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)))
}
