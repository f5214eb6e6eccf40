import { expect, test } from 'vitest'
import { byMunicipality, difference, gini, theil } from './compare'

const item = (proposal: number, start: number | null, cost = 10, municipality = 'Kraków') => ({ proposal, title: `p${proposal}`, municipality, start, cost })

test('what came, went and moved; what neither does is kept', () => {
  const d = difference([item(1, 2026), item(2, 2026), item(3, 2027), item(4, null)], [item(1, 2026), item(2, 2028), item(3, null), item(4, 2029), item(5, 2026, 99)])
  expect(d.added.map((i) => i.proposal)).toEqual([5, 4])
  expect(d.dropped.map((i) => i.proposal)).toEqual([3])
  expect(d.moved.map((m) => [m.item.proposal, m.from, m.to])).toEqual([[2, 2026, 2028]])
  expect(d.kept).toBe(1)
})

test('a programme beside itself differs in nothing', () => {
  const all = [item(1, 2026), item(2, null), item(3, 2030)]
  expect(difference(all, all)).toEqual({ added: [], dropped: [], moved: [], kept: 2 })
})

test('municipalities with nothing are rows too', () => {
  expect(byMunicipality([item(1, 2026, 5)], [item(1, null), item(2, 2026, 7, 'Skała')], ['Kraków', 'Skała', 'Słomniki'])).toEqual([
    { municipality: 'Kraków', a: 5, b: 0, itemsA: 1, itemsB: 0 }, { municipality: 'Skała', a: 0, b: 7, itemsA: 0, itemsB: 1 }, { municipality: 'Słomniki', a: 0, b: 0, itemsA: 0, itemsB: 0 },
  ])
})

test('inequality: none where all have the same, most where one has all', () => {
  expect(gini([5, 5, 5])).toBeCloseTo(0)
  expect(gini([0, 0, 0, 8])).toBeCloseTo(0.75)
  expect(gini([1, 3])).toBeCloseTo(0.25)
  expect(gini([])).toBe(0)
  expect(theil([2, 2])).toBeCloseTo(0)
  expect(theil([0, 8])).toBeCloseTo(Math.log(2))
  expect(theil([0, 0])).toBe(0)
})
