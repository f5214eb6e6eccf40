import { expect, test } from 'vitest'
import { found, treeOptions } from './options'

const nodes = [
  { code: 'heritage', label: 'zabytek' },
  { code: 'sacral', label: 'architektura sakralna', parent: 'heritage' },
  { code: 'church', label: 'kościół', parent: 'sacral' },
  { code: 'mill', label: 'młyn', parent: 'heritage' },
  { code: 'park', label: 'park', parent: 'gone' },
]

test('a branch stands before what is below it and counts it', () => {
  expect(treeOptions(nodes, { church: 5, heritage: 1, park: 2 }, new Set())).toEqual([
    { code: 'heritage', label: 'zabytek', count: 6, depth: 0 },
    { code: 'sacral', label: 'architektura sakralna', count: 5, depth: 1 },
    { code: 'church', label: 'kościół', count: 5, depth: 2 },
    { code: 'park', label: 'park', count: 2, depth: 0 },
  ])
})

test('what is chosen stays, and the way down to it, though it holds nothing', () => {
  expect(treeOptions(nodes, {}, new Set(['church'])).map((o) => o.code)).toEqual(['heritage', 'sacral', 'church'])
})

test('words find labels without their diacritics', () => {
  const all = treeOptions(nodes, { church: 5, mill: 1, park: 2 }, new Set())
  expect(found(all, 'Mlyn').map((o) => o.code)).toEqual(['mill'])
  expect(found(all, 'KOSCIOL').map((o) => o.code)).toEqual(['church'])
  expect(found(all, ' ')).toHaveLength(all.length)
})
