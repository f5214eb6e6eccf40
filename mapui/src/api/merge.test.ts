import { describe, expect, it } from 'vitest'
import { applyPatch, at, changes, mergeThree, patchOf, put, same, tidy, type JsonObject } from './merge'

const base: JsonObject = { name: { pl: 'Dwór', en: 'Manor' }, website: 'https://a.example', heritage: { category: 'manor', materials: 'drewno' }, geometry: { type: 'Point', coordinates: [19, 50] } }

describe('the merge patch', () => {
  it('says what changed, and makes the one of the other', () => {
    const after: JsonObject = { name: { pl: 'Dwór Polski', en: 'Manor' }, heritage: { category: 'manor', dating: { text: 'XVIII w.' } }, geometry: { type: 'LineString', coordinates: [[19, 50], [19.1, 50]] } }
    const patch = patchOf(base, after)
    expect(patch).toEqual({ name: { pl: 'Dwór Polski' }, website: null, heritage: { materials: null, dating: { text: 'XVIII w.' } }, geometry: { type: 'LineString', coordinates: [[19, 50], [19.1, 50]] } })
    expect(applyPatch(base, patch)).toEqual(after)
  })
  it('replaces a geometry whole', () => {
    const collection: JsonObject = { ...base, geometry: { type: 'GeometryCollection', geometries: [] } }
    expect(applyPatch(base, patchOf(base, collection))).toEqual(collection)
  })
  it('is empty for the same record, whatever stands for nothing', () => {
    expect(patchOf(base, tidy({ ...base, description: { pl: '', en: null }, parent_id: null }))).toEqual({})
    expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(true)
    expect(same([1, { a: 2 }], [1, { a: 3 }])).toBe(false)
    expect(same([], {})).toBe(false)
  })
})

describe('the merge of two people', () => {
  it('takes what only one changed', () => {
    const mine = put(base, '/name/pl', 'Dwór mój')
    const theirs = put(put(base, '/heritage/materials', 'kamień'), '/website', undefined)
    const { merged, conflicts, taken } = mergeThree(base, mine, theirs)
    expect(conflicts).toEqual([])
    expect(merged).toEqual({ name: { pl: 'Dwór mój', en: 'Manor' }, heritage: { category: 'manor', materials: 'kamień' }, geometry: base.geometry })
    expect(taken.map((c) => c.pointer).sort()).toEqual(['/heritage/materials', '/website'])
  })
  it('asks where both changed the same, field by field', () => {
    const mine = put(put(base, '/name/pl', 'A'), '/name/en', 'Same')
    const theirs = put(put(base, '/name/pl', 'B'), '/name/en', 'Same')
    const { merged, conflicts } = mergeThree(base, mine, theirs)
    expect(conflicts).toEqual([{ pointer: '/name/pl', base: 'Dwór', mine: 'A', theirs: 'B' }])
    expect(at(merged, '/name/pl')).toBe('A')
    expect(at(merged, '/name/en')).toBe('Same')
  })
  it('does not put half a facet together', () => {
    const { conflicts } = mergeThree(base, put(base, '/heritage', undefined), put(base, '/heritage/materials', 'cegła'))
    expect(conflicts.map((c) => c.pointer)).toEqual(['/heritage'])
  })
  it('does not put two geometries together', () => {
    const mine = put(base, '/geometry', { type: 'Point', coordinates: [1, 2] })
    const theirs = put(base, '/geometry', { type: 'LineString', coordinates: [[1, 2], [3, 4]] })
    expect(mergeThree(base, mine, theirs).conflicts.map((c) => c.pointer)).toEqual(['/geometry'])
  })
  it('joins a facet that both added', () => {
    const mine = put(base, '/infrastructure', { category: 'playground', capacity: 10 })
    const theirs = put(base, '/infrastructure', { category: 'playground', surface: 'sand' })
    const { merged, conflicts } = mergeThree(base, mine, theirs)
    expect(conflicts).toEqual([])
    expect(merged.infrastructure).toEqual({ category: 'playground', capacity: 10, surface: 'sand' })
  })
})

describe('pointers', () => {
  it('read and write, also through escapes', () => {
    expect(at({ a: [{ 'b/c': 1 }] }, '/a/0/b~1c')).toBe(1)
    expect(at({ a: 1 }, '/a/b')).toBeUndefined()
    expect(put({ a: { b: 1, c: 2 } }, '/a/b', undefined)).toEqual({ a: { c: 2 } })
    expect(put({}, '/a/b', 1)).toEqual({ a: { b: 1 } })
  })
  it('name each change', () => {
    expect(changes(base, put(base, '/heritage/materials', 'x'))).toEqual([{ pointer: '/heritage/materials', before: 'drewno', after: 'x' }])
  })
})
