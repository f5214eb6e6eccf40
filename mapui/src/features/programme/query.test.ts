import { expect, test } from 'vitest'
import { filterOf, partOf, sortOf } from './query'

const query = (text: string) => new URLSearchParams(text)

test('the filter is what the API takes, and nothing it would refuse', () => {
  expect(filterOf(query('q= staw &kind=build&m=12/50/19&czesc=grupy&fund=3&year=2027')).toString()).toBe('q=staw&kind=build&fund=3&year=2027')
  expect(filterOf(query('fund=x&group=-1&place=0&year=27')).toString()).toBe('')
})

test('an unknown part or order is the usual one', () => {
  expect(partOf(query('czesc=finansowanie'))).toBe('finansowanie')
  expect(partOf(query('czesc=nic'))).toBe('propozycje')
  expect(sortOf(query('sort=-cost'))).toBe('-cost')
  expect(sortOf(query('sort=id;drop'))).toBe('')
})
