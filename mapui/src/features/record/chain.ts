/** What the chain of access shows: which profile comes first, what is said at each link, and what nobody knows. Pure. */
import type { Schemas } from '../../api/client'
import { inLanguage } from '../../i18n'
import type { Profile, Verdict } from '../../state/filters.svelte'

export type Outcome = Schemas['AccessLink']['outcome']
export type LinkCode = Schemas['AccessLink']['link']
export type Fact = Schemas['StandingFact']
export type ProfileVerdict = Schemas['AccessVerdict']

/** The worst first: a place has to serve all needs, and unknown is never better than known. */
const WORST: readonly Verdict[] = ['no', 'unknown', 'with_help', 'yes']

/** together is the verdict for all needs: the worst of them. */
export function together(codes: readonly Verdict[]): Verdict {
  return WORST.find((code) => codes.includes(code)) ?? 'unknown'
}

/** decidingFirst puts the verdict that decides before the others, which keep their order. */
export function decidingFirst<T extends { verdict: Verdict }>(verdicts: readonly T[]): T[] {
  const deciding = verdicts.find((v) => v.verdict === together(verdicts.map((w) => w.verdict)))
  return deciding ? [deciding, ...verdicts.filter((v) => v !== deciding)] : [...verdicts]
}

/** apart splits the word of a verdict from its sentence, which may begin with that word: "Nie wiadomo: nikt tego nie opisał." */
export function apart(word: string, sentence: string): { word: string; rest: string } {
  if (!sentence.startsWith(word)) return { word: `${word}.`, rest: ` ${sentence}` }
  return { word, rest: sentence.slice(word.length) }
}

/** A sentence at a link with the fact it rests on. */
export interface ReasonLine {
  text: string
  outcome: Outcome
  fact?: Fact
}

/** Something nobody knows, with the last value where it is out of date or disputed. */
export interface UnknownLine {
  label: string
  last?: Fact
}

export interface ChainLink {
  link: LinkCode
  part: string
  outcome: Outcome
  /** Whether the verdict is decided here. */
  breaks: boolean
  /** Whether the link comes after the one that breaks, so that one does not get there. */
  beyond: boolean
  reasons: ReasonLine[]
  unknown: UnknownLine[]
}

/** The weight of reasons: what speaks against comes before what speaks for. */
const weight = (outcome: Outcome) => ['no', 'with_help', 'yes'].indexOf(outcome)

/**
 * chainOf is the chain of a verdict as it is drawn. Links the profile asks nothing of are left out; a way round that nobody told of is not a reason
 * (the steps it would lead round are). Facts are those of the place, by which reasons get their date, method and source.
 */
export function chainOf(verdict: ProfileVerdict, facts: readonly Fact[]): ChainLink[] {
  const byID = new Map(facts.map((f) => [f.id, f]))
  let broken = false
  const out: ChainLink[] = []
  for (const link of verdict.links) {
    if (link.outcome === 'not_judged') continue
    const breaks = verdict.breaks === link.link && (verdict.verdict === 'no' || verdict.verdict === 'unknown')
    const reasons: ReasonLine[] = []
    const unknown: UnknownLine[] = []
    for (const r of link.reasons) {
      if (r.outcome === 'unknown') {
        const label = inLanguage(r.label)
        if (unknown.some((u) => u.label === label)) continue
        const last = facts.find((f) => !f.counts && (f.why === 'stale' || f.why === 'disputed') && f.attribute === r.attribute && samePart(f.part, r.part))
        unknown.push({ label, last })
        continue
      }
      if (r.outcome === 'no' && !r.fact_id) continue
      const text = inLanguage(r.sentence)
      if (!reasons.some((known) => known.text === text)) reasons.push({ text, outcome: r.outcome, fact: r.fact_id ? byID.get(r.fact_id) : undefined })
    }
    reasons.sort((a, b) => weight(a.outcome) - weight(b.outcome))
    out.push({ link: link.link, part: link.part ?? '', outcome: link.outcome, breaks, beyond: broken && verdict.verdict === 'no' && link.outcome !== 'not_applicable', reasons, unknown })
    if (breaks) broken = true
  }
  return out
}

/** samePart tells a part by any of its spellings: entrance#1 is entrance, and no part is the first of the attribute's own link. */
function samePart(fact: string | undefined, reason: string | undefined): boolean {
  const first = (part: string) => part.replace(/#1$/, '')
  const [a, b] = [first(fact ?? ''), first(reason ?? '')]
  return a === b || (a === '' && partNumber(b) === 0)
}

/** partNumber is the number of a part, 0 where there is but one: entrance#2 is 2. */
export function partNumber(part: string | undefined): number {
  const n = Number(part?.split('#')[1] ?? 0)
  return Number.isInteger(n) && n > 0 ? n : 0
}

/** The own measures that each profile knows; the API refuses one for a profile that does not. */
const MEASURES: Record<string, readonly Profile[]> = {
  width_cm: ['wheelchair', 'powered_wheelchair', 'pram'],
  step_cm: ['wheelchair', 'powered_wheelchair'],
  slope_percent: ['wheelchair', 'powered_wheelchair', 'walking'],
}

/** accessQuestions are the questions whose answers together are the verdicts for the needs: one for all stored profiles, or one for each with measures of one's own. */
export function accessQuestions(needs: URLSearchParams): { profiles: Profile[]; query: Record<string, string> }[] {
  const profiles = (needs.get('profile') ?? '').split(',').filter(Boolean) as Profile[]
  const own = Object.keys(MEASURES).filter((name) => needs.has(name))
  if (profiles.length === 0) return []
  if (own.length === 0) return [{ profiles, query: { profile: profiles.join(',') } }]
  return profiles.map((profile) => ({
    profiles: [profile],
    query: { profile, ...Object.fromEntries(own.filter((name) => MEASURES[name]!.includes(profile)).map((name) => [name, needs.get(name)!])) },
  }))
}
