import { expect, test } from 'vitest'
import { evenProfile, follows, profileSum, rangeOf, rangesOf } from './cost'

const ranges = rangesOf([
  ...(['unit_rate', 'designer', 'tender', 'contract'] as const).flatMap((basis, i) => [{ code: `spread_${basis}_below`, value: [30, 20, 10, 0][i]! }, { code: `spread_${basis}_above`, value: [50, 20, 10, 0][i]! }]),
  { code: 'repair_share', value: 30 },
])

test('ranges are read from the assumptions; half of one is none', () => {
  expect(ranges).toEqual({ unit_rate: [30, 50], designer: [20, 20], tender: [10, 10], contract: [0, 0] })
  expect(rangesOf([{ code: 'spread_tender_below', value: 5 }])).toEqual({})
  expect(rangesOf([])).toEqual({})
})

test('a range lies around the likely cost as its basis says', () => {
  expect(rangeOf('unit_rate', 1_000_000, ranges)).toEqual({ low: 700_000, high: 1_500_000 })
  expect(rangeOf('designer', 250_001, ranges)).toEqual({ low: 200_001, high: 300_001 })
  expect(rangeOf('contract', 5, ranges)).toEqual({ low: 5, high: 5 })
  expect(rangeOf('guess', 5, ranges)).toEqual({ low: 5, high: 5 })
})

test('a range somebody wrote stays; one of the basis moves', () => {
  expect(follows({ basis: 'tender', low_pln: 90, likely_pln: 100, high_pln: 110 }, ranges)).toBe(true)
  expect(follows({ basis: 'tender', likely_pln: 100, low_pln: null }, ranges)).toBe(true)
  expect(follows({ basis: 'tender', low_pln: 80, likely_pln: 100, high_pln: 110 }, ranges)).toBe(false)
  // while the ranges are not known nothing moves by itself
  expect(follows({ basis: 'tender', low_pln: 90, likely_pln: 100, high_pln: 110 }, {})).toBe(false)
})

test('an even profile spends everything, whatever the years', () => {
  expect(evenProfile(3)).toEqual([33.33, 33.33, 33.34])
  for (let years = 1; years <= 30; years++) {
    expect(evenProfile(years)).toHaveLength(years)
    expect(profileSum(evenProfile(years))).toBe(100)
  }
  expect(evenProfile(0)).toEqual([])
  expect(evenProfile(1.5)).toEqual([])
})
