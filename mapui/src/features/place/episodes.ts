/** Facts that hold for a time only and are not over: works, floods, a lift that is out of order. Pure but for the words. */
import type { Fact } from '../record/chain'
import { valueOf } from '../record/words'

export interface Episode {
  id: number
  fact: Fact
  value: string
  /** Whether it holds today, rather than soon. */
  begun: boolean
}

/** episodes are those that hold on the day or later, in the order in which they begin; none while the day is not known. */
export function episodes(facts: readonly Fact[], today: string): Episode[] {
  if (!today) return []
  return facts
    .filter((f) => f.valid_from && f.valid_until && f.valid_until >= today && !f.superseded_by && f.state !== 'withdrawn')
    .map((fact) => ({ id: fact.id, fact, value: valueOf(fact), begun: fact.valid_from! <= today }))
    .sort((a, b) => a.fact.valid_from!.localeCompare(b.fact.valid_from!))
}
