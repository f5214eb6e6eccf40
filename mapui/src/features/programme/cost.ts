/** Costs of proposals: how uncertain a basis is, and how spending spreads over the years of the work. As the server reckons (models/investment_proposal.go). */
export const BASES = ['unit_rate', 'designer', 'tender', 'contract'] as const

/** How far below and above the likely cost the real one may lie, in percent, by basis. */
export type Ranges = Readonly<Record<string, readonly [below: number, above: number]>>

/** rangesOf reads them from the assumptions of planning, spread_<basis>_below and _above; a basis of which one is missing has none. */
export function rangesOf(assumed: readonly { code: string; value: number }[]): Ranges {
  const of = new Map(assumed.map((one) => [one.code, one.value]))
  return Object.fromEntries(
    BASES.flatMap((basis) => {
      const [below, above] = [of.get(`spread_${basis}_below`), of.get(`spread_${basis}_above`)]
      return below === undefined || above === undefined ? [] : [[basis, [below, above] as const]]
    }),
  )
}

/** rangeOf gives the lowest and the highest cost of a basis around the likely one, in whole złoty; the likely one alone where the basis has no range. */
export function rangeOf(basis: string, likely: number, ranges: Ranges): { low: number; high: number } {
  const [below, above] = ranges[basis] ?? [0, 0]
  const part = (percent: number) => Math.round(likely * (1 + percent / 100))
  return { low: part(-below), high: part(above) }
}

/** follows tells whether a range is the one of the basis, and so moves with the likely cost. */
export function follows(cost: { basis?: string; low_pln?: number | null; likely_pln?: number; high_pln?: number | null }, ranges: Ranges): boolean {
  if (!ranges[cost.basis ?? '']) return false
  const { low, high } = rangeOf(cost.basis ?? '', cost.likely_pln ?? 0, ranges)
  return (cost.low_pln ?? low) === low && (cost.high_pln ?? high) === high
}

/** evenProfile spends the same percentage in each year; the last takes what rounding leaves. */
export function evenProfile(years: number): number[] {
  if (!Number.isInteger(years) || years < 1 || years > 30) return []
  const each = Math.round(10_000 / years) / 100
  const out = Array.from({ length: years - 1 }, () => each)
  return [...out, Math.round((100 - each * (years - 1)) * 100) / 100]
}

/** profileSum is how much of the cost a profile spends, in percent, without the dust of binary fractions. */
export const profileSum = (profile: readonly number[]): number => Math.round(profile.reduce((sum, p) => sum + (Number.isFinite(p) ? p : 0), 0) * 100) / 100
