import { expect, it } from 'vitest'
import { gradeStep, sectorLeft } from './grade'

it('puts both scales of condition on five steps, and what says nothing on none', () => {
  expect(['1', '5', 'good', 'very_bad', 'not_assessed', '', undefined].map(gradeStep)).toEqual([1, 5, 2, 5, 0, 0, 0])
})

it('empties the sector of freshness within three years, and never fills it again', () => {
  expect(sectorLeft('2026-11-27', '2026-11-27')).toBe(1)
  expect(sectorLeft('2025-05-27', '2026-11-27')).toBeCloseTo(0.5, 2)
  expect(sectorLeft('2020-01-01', '2026-11-27')).toBe(0)
  expect(sectorLeft('2027-01-01', '2026-11-27')).toBe(1)
  expect(sectorLeft('kiedyś', '2026-11-27')).toBe(0)
})
