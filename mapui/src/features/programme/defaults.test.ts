import { expect, test } from 'vitest'
import { asProposed, copyOf, CRITERIA, DEFAULTS, newScenario, shareOf } from './defaults'

test('a new scenario is complete, and its weights sum to a hundred', () => {
  const s = newScenario(2026)
  expect(s.first_year).toBe(2026)
  expect(CRITERIA.reduce((n, c) => n + DEFAULTS.weights[c], 0)).toBe(100)
  expect((s.weights as typeof DEFAULTS.weights)).not.toBe(DEFAULTS.weights)
})

test('a copy asks the same under another name, as a record of its own', () => {
  const s = { ...newScenario(2026), id: 7, version: 3, own: true, locks: [{ proposal_id: 1, lock: 'in' }] }
  const copy = copyOf(s, { pl: 'B' })
  expect(copy.title).toEqual({ pl: 'B' })
  expect(copy.locks).toEqual(s.locks)
  expect(copy).not.toHaveProperty('id')
  expect(copy).not.toHaveProperty('version')
})

test('a changed number is nobody’s proposal any more', () => {
  expect(asProposed('beta', 1)).toBe(true)
  expect(asProposed('beta', undefined)).toBe(true)
  expect(asProposed('discount_percent', 3)).toBe(false)
})

test('weights are read as shares', () => {
  expect(shareOf({ coverage: 1, condition: 3 }, 'condition')).toBe(0.75)
  expect(shareOf({ coverage: 0 }, 'coverage')).toBe(0)
  expect(shareOf({ coverage: 'x' }, 'coverage')).toBe(0)
})
