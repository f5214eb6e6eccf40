/** A place as its page shows it: the record, the verdicts for the visitor's needs and for every profile, and what is around it. */
import { aborted, api, type ApiError, ask, failureOf, type Schemas } from '../../api/client'
import type { Verdict } from '../../state/filters.svelte'
import { vocabulary } from '../../state/vocabulary.svelte'
import type { ProfileVerdict } from '../record/chain'
import { Judgement } from '../record/judgement.svelte'

export type PlaceDetail = Schemas['PlaceDetail']
export type Nearby = Schemas['PlacesNearby']
export type NearbyPlace = Schemas['NearbyPlace']

export class PlacePage {
  place = $state.raw<PlaceDetail | null>(null)
  failure = $state.raw<ApiError | null>(null)
  nearby = $state.raw<Nearby | null>(null)
  nearbyJudged = $state.raw<ReadonlyMap<number, Verdict> | null>(null)
  nearbyFailure = $state.raw<ApiError | null>(null)
  #abort = new AbortController()
  readonly access = new Judgement<ProfileVerdict>((query, signal) =>
    ask(api.GET('/api/v1/places/{id}/access', { params: { path: { id: this.id }, query: query as never }, signal })),
  )

  constructor(readonly id: number) {}

  async load(): Promise<void> {
    this.failure = null
    try {
      const [place] = await Promise.all([
        ask(api.GET('/api/v1/places/{id}', { params: { path: { id: this.id } }, signal: this.#abort.signal })),
        vocabulary.loadLists(),
        vocabulary.load(),
      ])
      this.place = place
    } catch (cause) {
      if (!aborted(cause)) this.failure = failureOf(cause)
    }
  }

  async around(needs: URLSearchParams): Promise<void> {
    this.nearbyFailure = null
    try {
      const query = needs.get('profile') ? { profile: needs.get('profile')! } : {}
      const nearby = await ask(api.GET('/api/v1/places/{id}/nearby', { params: { path: { id: this.id }, query: query as never }, signal: this.#abort.signal }))
      this.nearbyJudged = await this.#byMeasures(nearby, needs)
      this.nearby = nearby
    } catch (cause) {
      if (!aborted(cause)) this.nearbyFailure = failureOf(cause)
    }
  }

  /** The verdicts by measures of one's own, for which none are stored: by id, or null where the needs name no measure. */
  async #byMeasures(nearby: Nearby, needs: URLSearchParams): Promise<ReadonlyMap<number, Verdict> | null> {
    if (!['width_cm', 'step_cm', 'slope_percent'].some((name) => needs.has(name))) return null
    const ids = [...nearby.toilets, ...nearby.stops, ...nearby.places].map((p) => p.id)
    if (ids.length === 0) return new Map()
    const answer = await ask(api.GET('/api/v1/access/verdicts', { params: { query: { ...Object.fromEntries(needs), ids: ids.join(',') } as never }, signal: this.#abort.signal }))
    return new Map(answer.items.map((v) => [v.id, v.verdict as Verdict]))
  }

  close(): void {
    this.#abort.abort()
    this.access.close()
  }
}
