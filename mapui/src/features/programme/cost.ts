/** Costs of proposals: how uncertain a basis is, and how spending spreads over the years of the work. As the server reckons (models/investment_proposal.go). */
export type Basis = 'unit_rate' | 'designer' | 'tender' | 'contract'

/** How far the real cost may lie from the likely one, in percent: proposed by Wolnica, without a source. */
export const RANGES: Readonly<Record<Basis, readonly [low: number, high: number]>> = { unit_rate: [-30, 50], designer: [-20, 20], tender: [-10, 10], contract: [0, 0] }

/** rangeOf gives the lowest and the highest cost of a basis around the likely one, in whole złoty. */
export function rangeOf(basis: string, likely: number): { low: number; high: number } {
  const [low, high] = RANGES[basis as Basis] ?? [0, 0]
  const part = (percent: number) => Math.round(likely * (1 + percent / 100))
  return { low: part(low), high: part(high) }
}

/** follows tells whether a range is the one of the basis, and so moves with the likely cost. */
export function follows(cost: { basis?: string; low_pln?: number | null; likely_pln?: number; high_pln?: number | null }): boolean {
  const { low, high } = rangeOf(cost.basis ?? '', cost.likely_pln ?? 0)
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
