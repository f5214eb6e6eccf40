/** The two scales of condition, on one bar of five steps. */
const STEPS: Record<string, 1 | 2 | 3 | 4 | 5> = { '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, good: 2, fair: 3, poor: 4, very_bad: 5, destroyed: 5 }

/** gradeStep is the step of a grade on the bar, 1 the best; 0 for one that says nothing of the condition, such as not_assessed. */
export const gradeStep = (grade: string | null | undefined): 0 | 1 | 2 | 3 | 4 | 5 => STEPS[grade ?? ''] ?? 0

/** Years after which an inspection is no longer fresh (models.FreshYears). */
export const FRESH_YEARS = 3

/** sectorLeft is the part of its fresh time that an inspection has left: 1 on its day, 0 when it is stale. */
export function sectorLeft(inspectedOn: string, today: string): number {
  const day = (text: string) => Date.parse(text.slice(0, 10) + 'T12:00:00Z')
  const age = (day(today) - day(inspectedOn)) / (365.25 * 86_400_000)
  return Number.isFinite(age) ? Math.min(1, Math.max(0, 1 - age / FRESH_YEARS)) : 0
}
