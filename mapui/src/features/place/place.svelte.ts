/** A place as its page shows it: the record, the verdicts for the visitor's needs and for every profile, and what is around it. */
import { aborted, api, ApiError, ask, type Schemas } from '../../api/client'
import { PROFILES, type Profile } from '../../state/filters.svelte'
import { vocabulary } from '../../state/vocabulary.svelte'
import { accessQuestions, type ProfileVerdict } from '../record/chain'
import type { Opening } from '../record/hours'

/** The record with its opening hours as the server reads them. */
export type PlaceDetail = Schemas['PlaceDetail'] & { opening?: Opening; free?: boolean }

export interface NearbyPlace {
  id: number
  name: Schemas['Text']
  category: string
  position: [number, number]
  distance_m: number
  direction?: string
  verdicts?: Partial<Record<Profile, 'yes' | 'with_help' | 'no'>>
  coarse?: boolean
  demonstration?: boolean
}

export interface Nearby {
  toilets: NearbyPlace[]
  stops: NearbyPlace[]
  places: NearbyPlace[]
}

/** A verdict with the profile it was asked for; the answer to own measures calls itself custom. */
export type Judged = ProfileVerdict & { asked: Profile }

export class PlacePage {
  place = $state.raw<PlaceDetail | null>(null)
  failure = $state.raw<ApiError | null>(null)
  /** For the needs in the address, in their order. */
  mine = $state.raw<Judged[]>([])
  /** For each of the eight profiles. */
  all = $state.raw<Judged[]>([])
  judgedOn = $state('')
  rules = $state('')
  changesOn = $state('')
  accessFailure = $state.raw<ApiError | null>(null)
  nearby = $state.raw<Nearby | null>(null)
  nearbyFailure = $state.raw<ApiError | null>(null)
  #abort = new AbortController()
  #needs: AbortController | null = null

  constructor(readonly id: number) {}

  async load(): Promise<void> {
    this.failure = null
    try {
      const [place] = await Promise.all([
        ask(api.GET('/api/v1/places/{id}', { params: { path: { id: this.id } }, signal: this.#abort.signal })),
        vocabulary.loadLists(),
        vocabulary.load(),
      ])
      this.place = place as PlaceDetail
    } catch (cause) {
      if (!aborted(cause)) this.failure = failureOf(cause)
    }
  }

  /** Asks who can use the place: for the needs, when there are any, and for every profile. */
  async judge(needs: URLSearchParams): Promise<void> {
    this.#needs?.abort()
    const abort = (this.#needs = new AbortController())
    this.accessFailure = null
    try {
      const ask_ = (query: Record<string, string>) =>
        ask(api.GET('/api/v1/places/{id}/access', { params: { path: { id: this.id }, query: query as never }, signal: abort.signal }))
      const questions = accessQuestions(needs)
      const [all, ...own] = await Promise.all([ask_({}), ...questions.map((q) => ask_(q.query))])
      this.all = all.verdicts.map((v, i) => ({ ...v, asked: PROFILES[i] ?? (v.profile as Profile) }))
      this.mine = own.flatMap((answer, i) => answer.verdicts.map((v, j) => ({ ...v, asked: questions[i]!.profiles[j]! })))
      this.judgedOn = all.judged_on
      this.rules = all.rules
      this.changesOn = all.changes_on ?? ''
    } catch (cause) {
      if (!aborted(cause)) this.accessFailure = failureOf(cause)
    }
  }

  async around(needs: URLSearchParams): Promise<void> {
    this.nearbyFailure = null
    try {
      const query = needs.get('profile') ? { profile: needs.get('profile')! } : {}
      const answer = await (ask(api.GET('/api/v1/places/{id}/nearby' as never, { params: { path: { id: this.id }, query }, signal: this.#abort.signal } as never)) as Promise<unknown>)
      this.nearby = answer as Nearby
    } catch (cause) {
      if (!aborted(cause)) this.nearbyFailure = failureOf(cause)
    }
  }

  close(): void {
    this.#abort.abort()
    this.#needs?.abort()
  }
}

export const failureOf = (cause: unknown) => (cause instanceof ApiError ? cause : new ApiError(0, String(cause)))
