import { expect, test } from 'vitest'
import { certainty, moves, nice } from './defence'

test('choices are certain, borderline or hardly ever made', () => {
  expect(certainty([1, 0.9, 0.89, 0.5, 0.11, 0.1, 0])).toEqual({ certain: 2, borderline: 3, never: 2 })
  expect(certainty([])).toEqual({ certain: 0, borderline: 0, never: 0 })
})

test('two programmes differ by what comes, goes and moves', () => {
  const now = new Map([[1, 2026], [2, 2027], [3, 2028]])
  const then = new Map([[1, 2026], [2, 2028], [4, 2026]])
  expect(moves(now, then)).toEqual([{ proposal_id: 2, from_year: 2027, to_year: 2028 }, { proposal_id: 3, from_year: 2028 }, { proposal_id: 4, to_year: 2026 }])
  expect(moves(now, now)).toEqual([])
})

test('an axis holds its values between round ends', () => {
  for (const values of [[12.3, 47.9], [-32, -26.5], [5], [0], [0.001, 0.0042]]) {
    const { low, high } = nice(values)
    expect(low).toBeLessThanOrEqual(Math.min(...values))
    expect(high).toBeGreaterThanOrEqual(Math.max(...values))
    expect(high).toBeGreaterThan(low)
  }
  expect(nice([12.3, 47.9])).toEqual({ low: 10, high: 50 })
})
