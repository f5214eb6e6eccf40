/** A product as its page shows it: the record, the places it stops at, and the verdicts on the whole of it and on each leg. */
import { aborted, api, ApiError, ask, type Schemas } from '../../api/client'
import { PROFILES, type Profile } from '../../state/filters.svelte'
import { vocabulary } from '../../state/vocabulary.svelte'
import { accessQuestions } from '../record/chain'

export type Product = Schemas['Product']
export type StopPlace = Schemas['Place']
export type Judged = Schemas['ProductVerdict'] & { asked: Profile }

export class ProductPage {
  product = $state.raw<Product | null>(null)
  /** The places of the stops that the reader may see, by number. */
  places = $state.raw<ReadonlyMap<number, StopPlace>>(new Map())
  failure = $state.raw<ApiError | null>(null)
  mine = $state.raw<Judged[]>([])
  all = $state.raw<Judged[]>([])
  judgedOn = $state('')
  rules = $state('')
  accessFailure = $state.raw<ApiError | null>(null)
  #abort = new AbortController()
  #needs: AbortController | null = null

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

  async judge(needs: URLSearchParams): Promise<void> {
    this.#needs?.abort()
    const abort = (this.#needs = new AbortController())
    this.accessFailure = null
    try {
      const question = (query: Record<string, string>) =>
        ask(api.GET('/api/v1/products/{id}/access', { params: { path: { id: this.id }, query: query as never }, signal: abort.signal }))
      const questions = accessQuestions(needs)
      const [all, ...own] = await Promise.all([question({}), ...questions.map((q) => question(q.query))])
      this.all = all.verdicts.map((v, i) => ({ ...v, asked: PROFILES[i] ?? (v.profile as Profile) }))
      this.mine = own.flatMap((answer, i) => answer.verdicts.map((v, j) => ({ ...v, asked: questions[i]!.profiles[j]! })))
      this.judgedOn = all.judged_on
      this.rules = all.rules
    } catch (cause) {
      if (!aborted(cause)) this.accessFailure = failureOf(cause)
    }
  }

  close(): void {
    this.#abort.abort()
    this.#needs?.abort()
  }
}

const failureOf = (cause: unknown) => (cause instanceof ApiError ? cause : new ApiError(0, String(cause)))
