/** The way of a product: its stops and the segments between them, with the verdict of each for all needs together. Pure. */
import type { Schemas } from '../../api/client'
import { together, type Outcome } from '../record/chain'
import type { Verdict } from '../../state/filters.svelte'

type Leg = Schemas['ProductLeg']

export interface Row {
  /** A stop, with its number from 1, or the segment after one. */
  kind: 'stop' | 'segment'
  number: number
  placeId: number
  /** The places at the ends of a segment; 0 where there is none. */
  from: number
  to: number
  optional: boolean
  stop?: Schemas['Stop']
  outcome: Outcome
}

const isVerdict = (outcome: Outcome): outcome is Verdict => outcome !== 'not_judged' && outcome !== 'not_applicable'

/** worstOf is the outcome for all needs together; what no profile asks about is not judged. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  const verdicts = outcomes.filter(isVerdict)
  return verdicts.length > 0 ? together(verdicts) : (outcomes[0] ?? 'not_judged')
}

/**
 * rowsOf lists stops and segments in the order one meets them. The legs are those of the verdicts asked for, which have the public's stops and
 * segments; without verdicts there are the stops alone.
 */
export function rowsOf(product: Pick<Schemas['Product'], 'stops'>, verdicts: readonly { legs: readonly Leg[] }[]): Row[] {
  const stops = product.stops ?? []
  const legs = verdicts[0]?.legs ?? stops.map((s): Leg => ({ place_id: s.place_id, optional: s.optional, outcome: 'not_judged' }))
  const ids = legs.filter((l) => l.place_id).map((l) => l.place_id!)
  const rows: Row[] = []
  let number = 0
  for (const [i, leg] of legs.entries()) {
    const outcome = worstOf(verdicts.length > 0 ? verdicts.map((v) => v.legs[i]?.outcome ?? 'unknown') : ['not_judged'])
    if (leg.place_id) {
      number++
      rows.push({ kind: 'stop', number, placeId: leg.place_id, from: 0, to: 0, optional: leg.optional ?? false, stop: stops.find((s) => s.place_id === leg.place_id), outcome })
    } else {
      const n = Number(leg.part?.split('#')[1] ?? 1)
      rows.push({ kind: 'segment', number: n, placeId: 0, from: ids[n - 1] ?? 0, to: ids[n] ?? 0, optional: leg.optional ?? false, outcome })
    }
  }
  return rows
}
