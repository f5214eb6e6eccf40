/** What is known of how good a programme is, and when it is worth saying. Pure. */

/** gapPercent is the gap in percent with two decimals, rounded up: a certificate may not promise more than was proved. Null is not known. */
export function gapPercent(gap: number | null | undefined): number | null {
  if (gap === null || gap === undefined || !Number.isFinite(gap)) return null
  if (gap <= 0) return 0
  return Math.ceil(gap * 10_000 - 1e-9) / 100
}

/** The gaps at which a listener is told that it narrowed, in percent. */
const STEPS = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0] as const

/** stepOf is how many of the steps a gap has passed. */
export const stepOf = (percent: number | null): number => (percent === null ? 0 : STEPS.filter((step) => percent <= step).length)

export interface Told {
  status: string
  step: number
}

/** worthTelling says whether what a run became is to be announced: a changed status, or a gap that passed a further step. Polling alone says nothing. */
export function worthTelling(before: Told | null, now: Told): boolean {
  if (!before) return true
  return before.status !== now.status || now.step > before.step
}

/** pollAfter is how long to wait before the run is looked at again, in milliseconds: often at first, while the instant answer comes, then less. */
export function pollAfter(seconds: number): number {
  return seconds < 5 ? 500 : seconds < 30 ? 1000 : 2500
}
