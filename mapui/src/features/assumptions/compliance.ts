/** How municipalities keep to art. 13f, today and after a programme, as rows of a table. Pure. */
import type { Schemas } from '../../api/client'

export type Compliance = Schemas['Compliance']

export interface Row {
  key: string
  municipality: Compliance['municipality']
  now: Compliance
  /** After the programme; null while none is laid beside today. */
  after: Compliance | null
  /** How many residents more are within reach after the programme; 0 without one. */
  gain: number
}

export interface Tally {
  all: number
  met: number
  unknown: number
}

const keyOf = (c: Compliance) => String(c.municipality?.id ?? 0)

/** rowsOf are the municipalities under a standard, in the order of the answer. */
export function rowsOf(standard: string, now: readonly Compliance[], after: readonly Compliance[] | null): Row[] {
  const then = new Map((after ?? []).filter((c) => c.standard === standard).map((c) => [keyOf(c), c]))
  return now
    .filter((c) => c.standard === standard)
    .map((c) => {
      const later = then.get(keyOf(c)) ?? null
      return { key: keyOf(c), municipality: c.municipality, now: c, after: later, gain: later ? c.unserved - later.unserved : 0 }
    })
}

/** tally counts the municipalities that keep to it; residents outside all municipalities are nobody's duty. */
export function tally(rows: readonly (Compliance | null)[]): Tally {
  const counted = rows.flatMap((c) => (c?.municipality ? [c] : []))
  return { all: counted.length, met: counted.filter((c) => c.outcome === 'met').length, unknown: counted.filter((c) => c.outcome === 'unknown').length }
}

/** shareWithin is the share of residents within reach in percent to a decimal, rounded so that 100 says everybody and 0 nobody; null where nobody lives. */
export function shareWithin(count: Pick<Compliance, 'residents' | 'unserved'>): number | null {
  if (count.residents <= 0) return null
  const served = count.residents - count.unserved
  const share = Math.round((1000 * served) / count.residents) / 10
  if (served > 0 && share === 0) return 0.1
  return count.unserved > 0 && share === 100 ? 99.9 : share
}

/** signOf is the sign whose shape says the outcome. */
export const signOf = (outcome: string): string => ({ met: 'yes', unmet: 'no' })[outcome] ?? 'unknown'
