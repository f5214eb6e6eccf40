/** The list beside the map: what passes the filter in the box the map shows, the nearest first, with the verdict for the visitor's needs and why. */
import { aborted, api, type ApiError, ask, failureOf, type Schemas, type Query } from '../../api/client'
import { mapHandle, type Box } from '../../map/handle.svelte'
import { boot } from '../../state/boot'
import { filters } from '../../state/filters.svelte'
import { router } from '../../state/router.svelte'

export type Item = Schemas['MapItem']
export type Judged = Schemas['NeedsVerdict']

const PAGE = 50

class List {
  layer = $state<'places' | 'products'>('places')
  items = $state.raw<Item[]>([])
  total = $state(0)
  /** What passes wherever it is. */
  everywhere = $state(0)
  next = $state<string | undefined>(undefined)
  loading = $state(true)
  failure = $state<ApiError | null>(null)
  /** Verdicts with their sentences, by id. */
  judged = $state.raw<ReadonlyMap<number, Judged>>(new Map())
  #abort: AbortController | null = null
  /** Of what, and for whose needs, the items are. */
  #shown = ''
  /** The question that the page came with the answer to. */
  #answered: string | null = null

  constructor() {
    const { first } = boot
    if (!first || router.route.name !== 'explore' || sorted(first.params) !== sorted(this.question)) return
    this.#answered = this.question
    this.#shown = this.#about
    this.items = first.places.items
    this.total = this.everywhere = first.places.total
    this.next = first.places.next
    this.loading = false
  }

  get #about() {
    return `${this.layer}?${filters.needs.toString()}`
  }

  /** The question the list asks, as text, so that the same one is not asked twice. */
  question = $derived.by(() => {
    const query = new URLSearchParams(filters.params)
    for (const [name, value] of filters.needs) query.set(name, value)
    const box = mapHandle.box
    if (box) {
      query.set('bbox', inWorld(box).map((v) => v.toFixed(6)).join(','))
      if (mapHandle.center) query.set('near', mapHandle.center.map((v) => v.toFixed(6)).join(','))
    }
    return query.toString()
  })

  async load(question: string, more = false): Promise<void> {
    const answered = this.#answered
    this.#answered = null
    if (question === answered && this.layer === 'places' && !more) return
    this.#abort?.abort()
    const abort = (this.#abort = new AbortController())
    this.loading = true
    const query = Object.fromEntries(new URLSearchParams(question))
    if (more && this.next) query.cursor = this.next
    const layer = this.layer
    // what was judged for other needs, or is of the other kind, must not stand under the new heading while the answer is on its way
    const about = this.#about
    if (about !== this.#shown) {
      this.items = []
      this.judged = new Map()
      this.next = undefined
      delete query.cursor
    }
    this.#shown = about
    try {
      const page = await ask(
        layer === 'places'
          ? api.GET('/api/v1/map/places', { params: { query: { ...query, limit: PAGE } as Query<'/api/v1/map/places'> }, signal: abort.signal })
          : api.GET('/api/v1/map/products', { params: { query: { ...query, limit: PAGE } as Query<'/api/v1/map/products'> }, signal: abort.signal }),
      )
      this.items = more ? [...this.items, ...page.items] : page.items
      this.total = page.total
      this.next = page.next
      this.failure = null
      this.loading = false
      await Promise.all([this.#judge(page.items, layer, more, abort.signal), this.#elsewhere(query, abort.signal)])
    } catch (cause) {
      if (aborted(cause)) return
      this.failure = failureOf(cause)
      this.loading = false
    }
  }

  async #judge(items: Item[], layer: 'places' | 'products', more: boolean, signal: AbortSignal): Promise<void> {
    if (filters.profiles.length === 0 || items.length === 0) {
      this.judged = new Map()
      return
    }
    const query: Record<string, string> = { ...Object.fromEntries(filters.needs), ids: items.map((i) => i.id).join(','), kind: layer === 'places' ? 'place' : 'product' }
    const answer = await ask(api.GET('/api/v1/access/verdicts', { params: { query: query as unknown as Query<'/api/v1/access/verdicts'> }, signal }))
    const judged = new Map(more ? this.judged : [])
    for (const verdict of answer.items) judged.set(verdict.id, verdict)
    this.judged = judged
  }

  async #elsewhere(query: Record<string, string>, signal: AbortSignal): Promise<void> {
    if (!query.bbox) {
      this.everywhere = this.total
      return
    }
    const { bbox: _box, near: _near, cursor: _cursor, ...rest } = query
    const page = await ask(
      this.layer === 'places'
        ? api.GET('/api/v1/map/places', { params: { query: { ...rest, limit: 1 } as Query<'/api/v1/map/places'> }, signal })
        : api.GET('/api/v1/map/products', { params: { query: { ...rest, limit: 1 } as Query<'/api/v1/map/products'> }, signal }),
    )
    this.everywhere = page.total
  }
}

const sorted = (params: string) => [...new URLSearchParams(params)].map(String).sort().join('\n')

function inWorld([west, south, east, north]: Box): Box {
  return [Math.max(-180, west), Math.max(-85, south), Math.min(180, east), Math.min(85, north)]
}

export const list = new List()
