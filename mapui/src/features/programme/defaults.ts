/** What a scenario begins with, and which of its numbers are Wolnica's own proposals rather than anybody's rule (models/scenario.go). */
import type { JsonObject } from '../../api/merge'

export const CRITERIA = ['coverage', 'condition', 'accessibility', 'heritage', 'support', 'readiness'] as const
export type Criterion = (typeof CRITERIA)[number]

export const DEFAULTS = {
  weights: { coverage: 35, condition: 25, accessibility: 20, heritage: 10, support: 5, readiness: 5 },
  discount_percent: 4, beta: 1, escalation_percent: 2.5, fairness: 0, seed: 1, cost_level: 'likely', years: 5,
} as const

/** newScenario is a scenario of the years to come, with everything as proposed. */
export function newScenario(firstYear: number): JsonObject {
  const { weights, ...rest } = DEFAULTS
  return { title: { pl: '' }, first_year: firstYear, ...rest, weights: { ...weights }, drafts: false, municipalities: [], funds: [], spending_floors: [], coverage_floors: [], locks: [] }
}

/** copyOf is another scenario that begins as one does: the same question, to be changed in one thing. */
export function copyOf(of: JsonObject, title: JsonObject): JsonObject {
  const names = ['note', 'first_year', 'years', 'municipalities', 'funds', 'weights', 'spending_floors', 'coverage_floors', 'locks', 'drafts', 'seed', 'discount_percent', 'beta', 'cost_level', 'escalation_percent', 'fairness']
  return { ...Object.fromEntries(names.filter((n) => of[n] !== undefined).map((n) => [n, of[n]])), title }
}

/** asProposed tells whether a number is still the one Wolnica proposes. */
export const asProposed = (name: 'discount_percent' | 'beta' | 'escalation_percent' | 'fairness' | 'seed' | 'cost_level', value: unknown): boolean => (value ?? DEFAULTS[name]) === DEFAULTS[name]

/** shareOf is what a weight is of all of them, as a share; 0 where they sum to nothing. */
export function shareOf(weights: Readonly<Partial<Record<Criterion, unknown>>>, of: Criterion): number {
  const sum = CRITERIA.reduce((n, c) => n + (Number(weights[c]) || 0), 0)
  return sum > 0 ? (Number(weights[of]) || 0) / sum : 0
}
