import { expect, test } from 'vitest'
import { matched, plainly, whole, type VotedProject } from './votes'

const project = (id: string, name: string): VotedProject => ({ id, name, cost: '100', voters: 3, score: '3', equal_shares: true, greedy: false })

test('names are the same however they are written', () => {
  expect(plainly('  Plac zabaw – ŁĄKA! ')).toBe(plainly('plac zabaw laka'))
})

test('a project is the proposal of its name, and none where two could be meant', () => {
  const proposals = [{ id: 1, title: { pl: 'Plac zabaw na Łące', en: '' } }, { id: 2, title: { pl: 'Tężnia', en: 'Graduation tower' } }, { id: 3, title: { pl: 'Ławki', en: '' } }, { id: 4, title: { pl: 'Ławki', en: '' } }]
  const found = matched([project('a', 'PLAC ZABAW NA ŁĄCE'), project('b', 'Graduation tower'), project('c', 'Ławki'), project('d', 'Kino'), project('e', 'Tężnia'), project('f', 'tężnia')], proposals)
  expect([...found]).toEqual([['a', 1], ['b', 2]])
})

test('amounts are whole złoty', () => {
  expect(whole('995079.00')).toBe(995_079)
  expect(whole('1 234,50')).toBe(1235)
})
