/** A place as its page shows it: the record, the verdicts for the visitor's needs and for every profile, and what is around it. */
import { aborted, api, type ApiError, ask, failureOf, type Schemas } from '../../api/client'
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
      this.nearby = await ask(api.GET('/api/v1/places/{id}/nearby', { params: { path: { id: this.id }, query: query as never }, signal: this.#abort.signal }))
    } catch (cause) {
      if (!aborted(cause)) this.nearbyFailure = failureOf(cause)
    }
  }

  close(): void {
    this.#abort.abort()
    this.access.close()
  }
}
