import { expect, test } from 'vitest'
import { gapPercent, pollAfter, stepOf, worthTelling } from './certificate'

test('a certificate never promises more than was proved', () => {
  expect(gapPercent(0.00211)).toBe(0.22)
  expect(gapPercent(0.0022)).toBe(0.22)
  expect(gapPercent(0.000001)).toBe(0.01)
  expect(gapPercent(0)).toBe(0)
  expect(gapPercent(-1e-12)).toBe(0)
  expect(gapPercent(null)).toBeNull()
  expect(gapPercent(Number.NaN)).toBeNull()
  for (let i = 0; i < 500; i++) {
    const gap = Math.random() / 5
    expect(gapPercent(gap)!).toBeGreaterThanOrEqual(gap * 100 - 1e-9)
    expect(gapPercent(gap)! - gap * 100).toBeLessThan(0.01 + 1e-9)
  }
})

test('a narrowing gap is told at steps, not at every look', () => {
  const told: number[] = []
  let before: { status: string; step: number } | null = null
  for (const percent of [4.8, 4.7, 4.1, 3.9, 1.9, 1.89, 0.4, 0.39, 0.38]) {
    const now = { status: 'running', step: stepOf(percent) }
    if (worthTelling(before, now)) {
      told.push(percent)
      before = now
    }
  }
  expect(told).toEqual([4.8, 1.9, 0.4])
  expect(worthTelling({ status: 'running', step: 5 }, { status: 'done', step: 5 })).toBe(true)
  expect(worthTelling({ status: 'running', step: 5 }, { status: 'running', step: 4 })).toBe(false)
})

test('a run is looked at less often the longer it takes', () => {
  expect(pollAfter(0)).toBeLessThan(pollAfter(10))
  expect(pollAfter(10)).toBeLessThan(pollAfter(60))
})
