/** What a defence is drawn and told from. Pure. */

/** How sure a choice has to be to be called certain, and how rare to be called hardly ever made. */
export const CERTAIN = 0.9
export const NEVER = 0.1

/** certainty counts the proposals by their core index. */
export function certainty(core: readonly number[]): { certain: number; borderline: number; never: number } {
  const certain = core.filter((c) => c >= CERTAIN).length
  const never = core.filter((c) => c <= NEVER).length
  return { certain, never, borderline: core.length - certain - never }
}

/** moves are the differences of two programmes, each the years of its proposals. */
export function moves(from: ReadonlyMap<number, number>, to: ReadonlyMap<number, number>): { proposal_id: number; from_year?: number; to_year?: number }[] {
  const out: { proposal_id: number; from_year?: number; to_year?: number }[] = []
  for (const id of new Set([...from.keys(), ...to.keys()])) {
    const [a, b] = [from.get(id), to.get(id)]
    if (a !== b) out.push({ proposal_id: id, ...(a === undefined ? {} : { from_year: a }), ...(b === undefined ? {} : { to_year: b }) })
  }
  return out
}

/** nice are round ends of an axis that holds the values; values all alike have room about them. */
export function nice(values: readonly number[]): { low: number; high: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (!Number.isFinite(low)) return { low: 0, high: 1 }
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, Math.abs(high) / 100, 1e-6)))
  return { low: Math.floor(low / step) * step, high: Math.max(Math.ceil(high / step) * step, Math.floor(low / step) * step + step) }
}
