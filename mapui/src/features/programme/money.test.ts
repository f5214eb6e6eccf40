import { expect, test } from 'vitest'
import { niceTop, timeline } from './money'

test('funds add up by year, with what they carry over', () => {
  const years = timeline(2026, 3, [
    { fund_id: 1, budget_pln: [100, 100, 100], spent_pln: [40, 120, 0], carried_pln: [60, 40, 0] },
    { fund_id: 2, budget_pln: [50, 0, 0], spent_pln: [30, 0, 0], carried_pln: [0, 0, 0] },
  ])
  expect(years.map((y) => [y.year, y.budget, y.carried, y.spent, y.left])).toEqual([[2026, 150, 0, 70, 80], [2027, 100, 60, 120, 40], [2028, 100, 40, 0, 140]])
  expect(years[0]!.byFund).toEqual([40, 30])
})

test('no funds are years without money', () => {
  expect(timeline(2026, 2, []).map((y) => y.left)).toEqual([0, 0])
})

test('a chart ends at a round number', () => {
  expect(niceTop(0)).toBe(1)
  expect(niceTop(7_300_000)).toBe(8_000_000)
  expect(niceTop(10)).toBe(10)
  for (const n of [0.3, 11, 99, 12_345, 9_000_001]) expect(niceTop(n)).toBeGreaterThanOrEqual(n)
})
