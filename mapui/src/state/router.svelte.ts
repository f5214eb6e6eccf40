/** Where in the program one is, kept in the address: path, parameters, and what stands behind "?". */

export type RouteName =
  | 'explore' | 'products' | 'place' | 'product'
  | 'registry' | 'edit' | 'editProduct' | 'new' | 'queues' | 'reports' | 'imports' | 'import'
  | 'planning' | 'gaps' | 'forecast' | 'programmes' | 'programme' | 'investments' | 'investment' | 'newInvestment' | 'assumptions'

export type Workspace = 'explore' | 'registry' | 'planning'

export interface Route {
  name: RouteName
  workspace: Workspace
  /** The number of the record, of routes that have one. */
  id: number
}

const table: [RegExp, RouteName, Workspace][] = [
  [/^\/$/, 'explore', 'explore'],
  [/^\/miejsca$/, 'explore', 'explore'],
  [/^\/produkty$/, 'products', 'explore'],
  [/^\/miejsca\/(\d+)(?:-[^/]*)?$/, 'place', 'explore'],
  [/^\/produkty\/(\d+)(?:-[^/]*)?$/, 'product', 'explore'],
  [/^\/ewidencja$/, 'registry', 'registry'],
  [/^\/ewidencja\/nowe$/, 'new', 'registry'],
  [/^\/ewidencja\/miejsca\/(\d+)$/, 'edit', 'registry'],
  [/^\/ewidencja\/produkty\/(\d+)$/, 'editProduct', 'registry'],
  [/^\/ewidencja\/kolejki$/, 'queues', 'registry'],
  [/^\/ewidencja\/zgloszenia$/, 'reports', 'registry'],
  [/^\/ewidencja\/importy$/, 'imports', 'registry'],
  [/^\/ewidencja\/importy\/(\d+)$/, 'import', 'registry'],
  [/^\/inwestycje$/, 'planning', 'planning'],
  [/^\/inwestycje\/braki$/, 'gaps', 'planning'],
  [/^\/inwestycje\/prognoza$/, 'forecast', 'planning'],
  [/^\/inwestycje\/programy$/, 'programmes', 'planning'],
  [/^\/inwestycje\/programy\/(\d+)$/, 'programme', 'planning'],
  [/^\/inwestycje\/propozycje$/, 'investments', 'planning'],
  [/^\/inwestycje\/propozycje\/nowa$/, 'newInvestment', 'planning'],
  [/^\/inwestycje\/propozycje\/(\d+)$/, 'investment', 'planning'],
  [/^\/inwestycje\/zalozenia$/, 'assumptions', 'planning'],
]

/** match is the route of a path, or null for a page that the server alone shows. */
export function match(path: string): Route | null {
  for (const [pattern, name, workspace] of table) {
    const found = pattern.exec(path)
    if (found) return { name, workspace, id: Number(found[1] ?? 0) }
  }
  return null
}

/** Asked before one leaves; false stays. An editor with unsaved changes sets it. */
type Guard = (to: string) => boolean | Promise<boolean>

class Router {
  path = $state(location.pathname)
  query = $state.raw(new URLSearchParams(location.search))
  route = $derived(match(this.path) ?? ({ name: 'explore', workspace: 'explore', id: 0 } satisfies Route))
  #guard: Guard | null = null
  /** Whether the address one came with said what the map shows. */
  readonly framed = this.query.has('m')
  /** Counts what one went to, so that the page can take the focus and be announced. */
  visits = $state(0)

  constructor() {
    history.scrollRestoration = 'manual'
    addEventListener('popstate', () => void this.#popped())
    document.addEventListener('click', (event) => this.#clicked(event))
  }

  /** Sets the question asked before leaving; the function it returns takes it back. */
  guard(ask: Guard): () => void {
    this.#guard = ask
    return () => {
      if (this.#guard === ask) this.#guard = null
    }
  }

  /** Goes to an address of this program; one that the server alone shows is loaded. The camera stays where it is. */
  async go(to: string, options: { replace?: boolean } = {}): Promise<void> {
    const url = new URL(to, location.href)
    if (url.origin !== location.origin || !match(url.pathname)) {
      location.assign(url)
      return
    }
    if (this.#guard && !(await this.#guard(to))) return
    const camera = this.query.get('m')
    if (camera && !url.searchParams.has('m')) url.searchParams.set('m', camera)
    history[options.replace ? 'replaceState' : 'pushState'](null, '', url.pathname + tidy(url.searchParams) + url.hash)
    this.#read()
    this.visits += 1
  }

  /** Changes parameters in place; null takes one away, a list repeats it. */
  set(changes: Record<string, string | string[] | number | null>, options: { push?: boolean } = {}): void {
    const query = new URLSearchParams(this.query)
    for (const [name, value] of Object.entries(changes)) {
      query.delete(name)
      if (value === null || value === '') continue
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
    }
    if (query.toString() === this.query.toString()) return
    history[options.push ? 'pushState' : 'replaceState'](null, '', this.path + tidy(query) + location.hash)
    this.query = query
  }

  #read() {
    this.path = location.pathname
    this.query = new URLSearchParams(location.search)
  }

  async #popped() {
    if (this.#guard && location.pathname !== this.path) {
      const to = location.pathname + location.search
      const from = this.path + tidy(this.query)
      if (!(await this.#guard(to))) {
        history.pushState(null, '', from)
        return
      }
    }
    const moved = location.pathname !== this.path
    this.#read()
    if (moved) this.visits += 1
  }

  #clicked(event: MouseEvent) {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || !link.href || link.target || link.hasAttribute('download') || link.rel.includes('external')) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || !match(url.pathname) || url.searchParams.has('lang') || url.searchParams.has('wersja')) return
    if (url.pathname === location.pathname && url.search === location.search && url.hash) return
    event.preventDefault()
    void this.go(url.pathname + url.search + url.hash)
  }
}

/** tidy writes parameters the way people read them: commas, slashes and brackets as they are. */
function tidy(query: URLSearchParams): string {
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%5B', '[').replaceAll('%5D', ']')
  return text ? '?' + text : ''
}

export const router = new Router()

/** slug is a name as the addresses of the server have it (api/site/slug.go): plain letters, digits and hyphens, whole words up to about 60. */
export function slug(name: string): string {
  const words = name.toLowerCase().replaceAll('ł', 'l').replaceAll('ß', 's').normalize('NFD').replace(/\p{Mn}/gu, '').split(/[^a-z0-9]+/).filter(Boolean)
  let text = ''
  for (const word of words) {
    if (text.length >= 60) break
    text += (text ? '-' : '') + word
  }
  return text
}

export const placePath = (id: number, name: string) => `/miejsca/${id}${name ? '-' + slug(name) : ''}`
export const productPath = (id: number, name: string) => `/produkty/${id}${name ? '-' + slug(name) : ''}`
