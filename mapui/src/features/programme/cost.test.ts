import { expect, test } from 'vitest'
import { evenProfile, follows, profileSum, rangeOf } from './cost'

test('a range lies around the likely cost as its basis says', () => {
  expect(rangeOf('unit_rate', 1_000_000)).toEqual({ low: 700_000, high: 1_500_000 })
  expect(rangeOf('designer', 250_001)).toEqual({ low: 200_001, high: 300_001 })
  expect(rangeOf('contract', 5)).toEqual({ low: 5, high: 5 })
  expect(rangeOf('guess', 5)).toEqual({ low: 5, high: 5 })
})

test('a range somebody wrote stays; one of the basis moves', () => {
  expect(follows({ basis: 'tender', low_pln: 90, likely_pln: 100, high_pln: 110 })).toBe(true)
  expect(follows({ basis: 'tender', likely_pln: 100, low_pln: null })).toBe(true)
  expect(follows({ basis: 'tender', low_pln: 80, likely_pln: 100, high_pln: 110 })).toBe(false)
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
