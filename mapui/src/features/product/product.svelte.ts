/** A product as its page shows it: the record, the places it stops at, and the verdicts on the whole of it and on each leg. */
import { aborted, api, type ApiError, ask, failureOf, type Schemas } from '../../api/client'
import { vocabulary } from '../../state/vocabulary.svelte'
import { Judgement } from '../record/judgement.svelte'

export type Product = Schemas['Product']
export type StopPlace = Schemas['Place']

export class ProductPage {
  product = $state.raw<Product | null>(null)
  /** The places of the stops that the reader may see, by number. */
  places = $state.raw<ReadonlyMap<number, StopPlace>>(new Map())
  failure = $state.raw<ApiError | null>(null)
  #abort = new AbortController()
  readonly access = new Judgement<Schemas['ProductVerdict']>((query, signal) =>
    ask(api.GET('/api/v1/products/{id}/access', { params: { path: { id: this.id }, query: query as never }, signal })),
  )

  constructor(readonly id: number) {}

  async load(): Promise<void> {
    this.failure = null
    try {
      const [product] = await Promise.all([
        ask(api.GET('/api/v1/products/{id}', { params: { path: { id: this.id } }, signal: this.#abort.signal })),
        vocabulary.loadLists(),
        vocabulary.load(),
      ])
      const ids = [...new Set((product.stops ?? []).map((s) => s.place_id))]
      if (ids.length > 0) {
        const query = { ids: ids.join(','), limit: ids.length, fields: 'name,geometry,lifecycle,visibility,heritage,infrastructure,municipality_id' }
        const answer = await ask(api.GET('/api/v1/places', { params: { query: query as never }, signal: this.#abort.signal }))
        this.places = new Map(answer.items.map((p) => [p.id, p]))
      }
      this.product = product
    } catch (cause) {
      if (!aborted(cause)) this.failure = failureOf(cause)
    }
  }

  close(): void {
    this.#abort.abort()
    this.access.close()
  }
}
