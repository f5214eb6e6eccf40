import { expect, test } from 'vitest'
import { grouped, isChanged } from './groups'

test('groups stand in the order of their first record, each with its records in theirs', () => {
  expect(grouped(['b1', 'a1', 'b2', 'c1', 'a2'], (s) => s[0]!)).toEqual([{ group: 'b', items: ['b1', 'b2'] }, { group: 'a', items: ['a1', 'a2'] }, { group: 'c', items: ['c1'] }])
  expect(grouped([], String)).toEqual([])
})

test('a number is changed when it is not the shipped one, zero too', () => {
  expect([isChanged({ value: 0, shipped: 2 }), isChanged({ value: 2, shipped: 2 }), isChanged({ value: 0, shipped: 0 })]).toEqual([true, false, false])
})
