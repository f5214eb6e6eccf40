import { describe, expect, it } from 'vitest'
import { rowsOf, worstOf } from './legs'

const product = { stops: [{ place_id: 32, dwell_min: 15 }, { place_id: 33, optional: true }, { place_id: 14 }] }
const legs = (...outcomes: string[]) => ({ legs: [{ place_id: 32 }, { part: 'segment#1' }, { place_id: 33, optional: true }, { part: 'segment#2' }, { place_id: 14 }].map((l, i) => ({ ...l, outcome: outcomes[i] ?? 'yes' })) }) as Parameters<typeof rowsOf>[1][number]

describe('the way of a product', () => {
  it('is its stops alone while nobody asked for verdicts', () => {
    expect(rowsOf(product, []).map((r) => [r.kind, r.number, r.placeId, r.outcome])).toEqual([['stop', 1, 32, 'not_judged'], ['stop', 2, 33, 'not_judged'], ['stop', 3, 14, 'not_judged']])
  })
  it('has the segments between the stops they join, and what is written of each stop', () => {
    const rows = rowsOf(product, [legs()])
    expect(rows.map((r) => (r.kind === 'stop' ? r.number : [r.number, r.from, r.to]))).toEqual([1, [1, 32, 33], 2, [2, 33, 14], 3])
    expect(rows[0]!.stop?.dwell_min).toBe(15)
    expect(rows[2]!.optional).toBe(true)
  })
  it('tells each leg by the worst of the needs', () => {
    expect(rowsOf(product, [legs('yes', 'with_help', 'no', 'yes', 'yes'), legs('unknown', 'not_judged', 'yes', 'yes', 'yes')]).map((r) => r.outcome)).toEqual(['unknown', 'with_help', 'no', 'yes', 'yes'])
  })
})

it('what no need asks about is not judged', () => {
  expect(worstOf(['not_judged', 'not_judged'])).toBe('not_judged')
  expect(worstOf(['not_judged', 'yes'])).toBe('yes')
})
