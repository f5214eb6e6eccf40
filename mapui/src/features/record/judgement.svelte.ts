/** Who can use one record: its verdicts for the visitor's needs and for each of the eight profiles, as /access of a place or a product gives them. */
import { aborted, ApiError, failureOf } from '../../api/client'
import { PROFILES, type Profile } from '../../state/profiles'
import { accessQuestions } from './chain'

/** A verdict with the profile it was asked for; the answer to own measures calls itself custom. */
export type Asked<V> = V & { asked: Profile }

interface Answer<V> {
  verdicts: V[]
  judged_on: string
  rules: string
  changes_on?: string | null
}

export class Judgement<V extends { profile: string }> {
  /** For the needs that were asked for, in their order. */
  mine = $state.raw<Asked<V>[]>([])
  /** For each of the eight profiles. */
  all = $state.raw<Asked<V>[]>([])
  judgedOn = $state('')
  rules = $state('')
  /** The day on which a verdict will change by itself, "" when none is known. */
  changesOn = $state('')
  failure = $state.raw<ApiError | null>(null)
  #asking: AbortController | null = null

  constructor(private readonly question: (query: Record<string, string>, signal: AbortSignal) => Promise<Answer<V>>) {}

  /** Asks for the needs, when there are any, and for every profile. An earlier question that is not answered yet is given up. */
  async judge(needs: URLSearchParams): Promise<void> {
    this.#asking?.abort()
    const { signal } = (this.#asking = new AbortController())
    this.failure = null
    this.mine = [] // those of other needs
    try {
      const questions = accessQuestions(needs)
      const [all, ...own] = await Promise.all([this.question({}, signal), ...questions.map((q) => this.question(q.query, signal))])
      this.all = all.verdicts.map((v, i) => ({ ...v, asked: PROFILES[i] ?? (v.profile as Profile) }))
      this.mine = own.flatMap((answer, i) => answer.verdicts.map((v, j) => ({ ...v, asked: questions[i]!.profiles[j]! })))
      this.judgedOn = all.judged_on
      this.rules = all.rules
      this.changesOn = all.changes_on ?? ''
    } catch (cause) {
      if (!aborted(cause)) this.failure = failureOf(cause)
    }
  }

  close(): void {
    this.#asking?.abort()
  }
}
