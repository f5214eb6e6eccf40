import { expect, test } from 'vitest'
import { rowsOf, shareWithin, signOf, tally, type Compliance } from './compliance'
import { partOf, runOf } from './part'

const of = (standard: string, id: number, residents: number, unserved: number, outcome: Compliance['outcome']): Compliance => ({
  standard, ...(id > 0 ? { municipality: { id, teryt: `120601${id}`, name: `Gmina ${id}` } } : {}), distance_m: 1500, min_area_m2: 30_000, own: false, outcome,
  residents, unserved, served_percent: residents > 0 ? (100 * (residents - unserved)) / residents : null, secret_cells: 0, secret_unserved: 0, reasons: { none: 0, too_far: unserved, too_poor: 0, inaccessible: 0 },
})

test('today and after stand in one row, by municipality', () => {
  const now = [of('a', 1, 100, 40, 'unmet'), of('b', 1, 100, 0, 'met'), of('a', 2, 50, 0, 'met'), of('a', 0, 5, 5, 'unmet')]
  const after = [of('a', 0, 5, 5, 'unmet'), of('a', 2, 50, 0, 'met'), of('a', 1, 100, 10, 'unmet')]
  const rows = rowsOf('a', now, after)
  expect(rows.map((r) => [r.municipality?.id, r.now.unserved, r.after?.unserved, r.gain])).toEqual([[1, 40, 10, 30], [2, 0, 0, 0], [undefined, 5, 5, 0]])
  expect(rowsOf('a', now, null).map((r) => [r.after, r.gain])).toEqual([[null, 0], [null, 0], [null, 0]])
  expect(tally(rows.map((r) => r.now))).toEqual({ all: 2, met: 1, unknown: 0 })
  expect(tally(rowsOf('a', now, null).map((r) => r.after))).toEqual({ all: 0, met: 0, unknown: 0 })
})

test('a share of 100 is everybody and of 0 nobody', () => {
  expect(shareWithin({ residents: 100_000, unserved: 1 })).toBe(99.9)
  expect(shareWithin({ residents: 100_000, unserved: 99_999 })).toBe(0.1)
  expect(shareWithin({ residents: 100_000, unserved: 0 })).toBe(100)
  expect(shareWithin({ residents: 100_000, unserved: 100_000 })).toBe(0)
  expect(shareWithin({ residents: 3, unserved: 1 })).toBe(66.7)
  expect(shareWithin({ residents: 0, unserved: 0 })).toBeNull()
})

test('the outcome has a shape; one that is not known has that of the unknown', () => {
  expect(['met', 'unmet', 'unknown', 'else'].map(signOf)).toEqual(['yes', 'no', 'unknown', 'unknown'])
})

test('the address says which part and which run; what it cannot say is none', () => {
  expect(partOf(new URLSearchParams('czesc=art-13f'))).toBe('art-13f')
  expect(partOf(new URLSearchParams('czesc=constructor'))).toBe('standardy')
  expect(runOf(new URLSearchParams('program=12'))).toBe(12)
  expect(['', '-1', '0', '1.5', 'x'].map((p) => runOf(new URLSearchParams({ program: p })))).toEqual([0, 0, 0, 0, 0])
})
