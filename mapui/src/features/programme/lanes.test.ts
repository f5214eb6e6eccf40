import { expect, test } from 'vitest'
import { byStart, choiceOf, lockOf, lockOfChoice, moved, startYears, windowOf, withLock, yearAt } from './lanes'

const horizon = { first: 2026, years: 5 }

test('a bar stays in its window, and what starts is done by the end', () => {
  expect(windowOf({ duration: 1 }, horizon)).toEqual({ first: 2026, last: 2030 })
  expect(windowOf({ duration: 3, earliest: 2027 }, horizon)).toEqual({ first: 2027, last: 2028 })
  expect(windowOf({ duration: 1, latest: 2027 }, horizon)).toEqual({ first: 2026, last: 2027 })
  expect(windowOf({ duration: 6 }, horizon)).toBeNull()
  expect(startYears({ duration: 3, earliest: 2027 }, horizon)).toEqual([2027, 2028])
  expect(moved({ duration: 2 }, 2031, horizon)).toBe(2029)
  expect(moved({ duration: 2, earliest: 2028 }, 2020, horizon)).toBe(2028)
  expect(moved({ duration: 1, latest: 2020 }, 2026, horizon)).toBeNull()
})

test('a point of the lane is a year, beside it the nearest', () => {
  const lane = { left: 100, width: 500 }
  expect(yearAt(100, lane, horizon)).toBe(2026)
  expect(yearAt(299, lane, horizon)).toBe(2027)
  expect(yearAt(599, lane, horizon)).toBe(2030)
  expect(yearAt(-50, lane, horizon)).toBe(2026)
  expect(yearAt(5000, lane, horizon)).toBe(2030)
})

test('a lock of the scenario takes the place of the proposal’s own', () => {
  const own = { lock: 'year', lock_year: 2027 }
  expect(lockOf([], 7, own)).toEqual({ lock: 'year', year: 2027, scenario: false })
  expect(lockOf([{ proposal_id: 7, lock: 'out' }], 7, own)).toEqual({ lock: 'out', year: null, scenario: true })
  expect(lockOf([], 7, {})).toEqual({ lock: 'free', year: null, scenario: false })
})

test('saying what the proposal says itself takes the entry away, anything else keeps one', () => {
  const locks = [{ proposal_id: 7, lock: 'in' as const }, { proposal_id: 8, lock: 'out' as const }]
  expect(withLock(locks, 7, 'free', null, {})).toEqual([{ proposal_id: 8, lock: 'out' }])
  expect(withLock(locks, 7, 'year', 2028, {})).toEqual([{ proposal_id: 8, lock: 'out' }, { proposal_id: 7, lock: 'year', lock_year: 2028 }])
  expect(withLock([], 7, 'free', null, { lock: 'in' })).toEqual([{ proposal_id: 7, lock: 'free' }])
  expect(withLock([], 7, 'year', 2028, { lock: 'year', lock_year: 2028 })).toEqual([])
  expect(withLock([], 7, 'year', 2029, { lock: 'year', lock_year: 2028 })).toEqual([{ proposal_id: 7, lock: 'year', lock_year: 2029 }])
})

test('a lock as a choice is read as it was written', () => {
  for (const of of [{ lock: 'free', year: null }, { lock: 'in', year: null }, { lock: 'out', year: null }, { lock: 'year', year: 2029 }] as const) expect(lockOfChoice(choiceOf(of))).toEqual(of)
})

test('bars stand by year, then municipality, then name', () => {
  const bars = [
    { start: null, municipality: 'A', title: 'z' }, { start: 2027, municipality: 'Łapanów', title: 'b' }, { start: 2027, municipality: 'Lipnica', title: 'c' }, { start: 2026, municipality: 'Z', title: 'a' }, { start: 2027, municipality: 'Lipnica', title: 'a' },
  ]
  expect(bars.sort(byStart).map((b) => b.title)).toEqual(['a', 'a', 'c', 'b', 'z'])
})
