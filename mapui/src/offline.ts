/** What of the server's answers the service worker keeps for the field, and what never. Pure, so that it can be tested without a worker. */

/** The user a page was written for: the id in its data block, 0 for nobody; null for a page that is not the program's. */
export function userOf(html: string): number | null {
  const block = /<script[^>]*\bid="wolnica"[^>]*>([^<]*)<\/script>/.exec(html)
  if (!block) return null
  try {
    const { user } = JSON.parse(block[1]!) as { user?: { id?: number } | null }
    return user?.id ?? 0
  } catch {
    return null
  }
}

export type Treatment = 'asset' | 'page' | 'record' | 'signOut' | 'none'

/** What the forms are made of, and records with what belongs to them. Lists and the map change with every question, and are not kept. */
const KEPT = [
  /^\/api\/v1\/(?:places|products)\/\d+$/,
  /^\/api\/v1\/(?:places|products|protections|inspections|access-facts|external-ids|media)\/\d+\/history$/,
  /^\/api\/v1\/(?:vocabularies|categories|municipalities|access\/attributes)$/,
  /^\/api\/v1\/media\/\d+\/thumb$/,
]

/** treatment is what the worker does with a request of this program. */
export function treatment(request: { method: string; mode: string; url: string }, origin: string): Treatment {
  const url = new URL(request.url)
  if (url.origin !== origin) return 'none'
  if (request.method !== 'GET') return /^\/(?:wyloguj|zaloguj|api\/v1\/sign-(?:out|in))$/.test(url.pathname) && request.method === 'POST' ? 'signOut' : 'none'
  if (url.pathname.startsWith('/ui/')) return 'asset'
  if (request.mode === 'navigate') return ['/zaloguj', '/wyloguj'].includes(url.pathname) || url.searchParams.get('wersja') === 'tekst' ? 'none' : 'page'
  return KEPT.some((pattern) => pattern.test(url.pathname)) ? 'record' : 'none'
}

/** appPage tells the addresses that the program itself shows; any page of it opens them. */
export function appPage(path: string): boolean {
  return /^\/(?:$|miejsca(?:\/\d+[^/]*)?$|produkty(?:\/\d+[^/]*)?$|ewidencja(?:\/(?:nowe|kolejki|zgloszenia|importy(?:\/\d+)?|miejsca\/\d+|produkty\/\d+))?$|inwestycje(?:\/(?:braki|prognoza|programy(?:\/\d+)?|propozycje(?:\/(?:nowa|\d+))?|zalozenia))?$)/.test(path)
}
