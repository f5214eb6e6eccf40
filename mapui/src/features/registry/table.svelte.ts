/** The list of the table: asked of the API with the filter of the address, page after page, with how many there are in all. */
import { aborted, api, ask, failureOf, type ApiError } from '../../api/client'
import { mapHandle, type Box } from '../../map/handle.svelte'
import { router } from '../../state/router.svelte'
import { columnsOf, columnsText, fieldsOf, type Column, type Place } from './columns'
import { filterOf, sortOf } from './query'

export type { Place }

const PAGE = 50
const STORED = 'wolnica.registry.columns'

function remembered(): string {
  try {
    return localStorage.getItem(STORED) ?? ''
  } catch {
    return '' // storage may be forbidden; then nothing is remembered
  }
}

class Table {
  #stored = $state(remembered())
  columns = $derived(columnsOf(router.query.get('columns') ?? this.#stored))
  sort = $derived(sortOf(router.query))
  deleted = $derived(router.query.get('deleted') === 'true')
  onlyMap = $derived(router.query.get('area') === 'map')

  items = $state.raw<Place[]>([])
  /** How many match; null while it is not known. */
  total = $state<number | null>(null)
  next = $state<string | undefined>(undefined)
  loading = $state(true)
  failure = $state.raw<ApiError | null>(null)
  /** What went wrong with a further page; the rows before it stay. */
  moreFailure = $state.raw<ApiError | null>(null)
  #abort: AbortController | null = null

  /** The filter with the box of the map, when the list is bound to it: what the counts, the export and "all that match" ask, too. */
  filter = $derived.by(() => {
    const query = filterOf(router.query)
    const box = this.onlyMap ? mapHandle.box : null
    if (box) query.set('bbox', inWorld(box).map((v) => v.toFixed(6)).join(','))
    return query
  })

  /** The question as text, so that the same one is not asked twice. */
  question = $derived.by(() => {
    const query = new URLSearchParams(this.filter)
    if (this.deleted) query.set('deleted', 'true')
    if (this.sort) query.set('sort', this.sort)
    query.set('fields', fieldsOf(this.columns).join(','))
    return query.toString()
  })

  /** Chooses columns: for this browser, and in the address when a view put some there. */
  choose(columns: readonly Column[]): void {
    this.#stored = columnsText(columns)
    try {
      localStorage.setItem(STORED, this.#stored)
    } catch {
      // as above
    }
    if (router.query.has('columns')) router.set({ columns: this.#stored })
  }

  async load(more = false): Promise<void> {
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    const query: Record<string, string | number> = { ...Object.fromEntries(new URLSearchParams(this.question)), limit: more ? PAGE * 2 : PAGE }
    if (more && this.next) query.cursor = this.next
    this.loading = true
    this.moreFailure = null
    try {
      const [page, total] = await Promise.all([
        ask(api.GET('/api/v1/places', { params: { query: query as never }, signal: abort.signal })),
        more ? this.total : this.#count(abort.signal),
      ])
      this.items = more ? [...this.items, ...page.items] : page.items
      this.next = page.next
      // what stands in the table is the truth; the count may be a moment behind a change
      this.total = page.next === undefined ? this.items.length : Math.max(total ?? 0, this.items.length + 1)
      this.failure = null
    } catch (cause) {
      if (aborted(cause)) return
      const failure = failureOf(cause)
      if (more) this.moreFailure = failure
      else this.failure = failure
    }
    this.loading = false
  }

  async #count(signal: AbortSignal): Promise<number> {
    const query = Object.fromEntries(this.filter)
    if (this.deleted) {
      const answer = await ask(api.GET('/api/v1/places/facets', { params: { query: { ...query, by: ['publication'], deleted: true } as never }, signal }))
      return answer.total
    }
    const answer = await ask(api.GET('/api/v1/map/facets', { params: { query: { ...query, by: ['facet'] } as never }, signal }))
    return answer.total
  }

  /** All that match, up to the limit, with what a selection needs. */
  async matching(limit: number): Promise<Place[]> {
    const query = { ...Object.fromEntries(this.filter), ...(this.sort ? { sort: this.sort } : {}), fields: 'name,version', limit }
    return (await ask(api.GET('/api/v1/places', { params: { query: query as never } }))).items
  }

  /** Takes a record out of the list, such as a restored one out of the deleted. */
  drop(id: number): void {
    this.items = this.items.filter((p) => p.id !== id)
    if (this.total !== null) this.total -= 1
  }
}

function inWorld([west, south, east, north]: Box): Box {
  return [Math.max(-180, west), Math.max(-85, south), Math.min(180, east), Math.min(85, north)]
}

export const table = new Table()
