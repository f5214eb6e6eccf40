import { describe, expect, test } from 'vitest'
import { adapted, chips, exportHref, filterOf, FILTERS, sameView, sortOf, toggled, valuesOf, viewQuery } from './query'

const query = (text: string) => new URLSearchParams(text)
const plain = (name: string, value: string) => `${name}=${value}`

describe('chips', () => {
  test('a value each, in the order of the filters, whatever the address\'s', () => {
    expect(chips(query('grade=poor,very_bad&q=dwór&category=church&category=manor&sort=name&m=1/2/3&nonsense=1'), plain).map((c) => c.text)).toEqual([
      'q=dwór', 'category=church', 'category=manor', 'grade=poor', 'grade=very_bad',
    ])
  })

  test('taking all away, one after another, leaves no filter and touches nothing else', () => {
    let now = query('grade=poor,very_bad&q=a,b&verdict[pram]=yes,no&polygon=POLYGON((1 2,3 4,5 6,1 2))&sort=name&batch=3')
    for (let left = chips(now, plain); left.length > 0; left = chips(now, plain)) {
      const next = new URLSearchParams(now)
      for (const [name, value] of Object.entries(left[0]!.without)) {
        next.delete(name)
        if (value) next.set(name, value[0]!)
      }
      expect(chips(next, plain)).toHaveLength(left.length - 1)
      now = next
    }
    expect(now.toString()).toBe('sort=name')
  })

  test('a comma is part of words and outlines, and parts codes', () => {
    expect(valuesOf(query('q=a,b'), 'q')).toEqual(['a,b'])
    expect(valuesOf(query('polygon=POLYGON((1 2,3 4))'), 'polygon')).toEqual(['POLYGON((1 2,3 4))'])
    expect(valuesOf(query('category=a,b&category=b,c'), 'category')).toEqual(['a', 'b', 'c'])
  })
})

describe('the question', () => {
  test('a choice put in and taken out is as before', () => {
    const now = query('municipality=1')
    const on = toggled(now, 'municipality', '2', true)
    expect(on).toEqual({ municipality: '1,2' })
    expect(toggled(query('municipality=1,2'), 'municipality', '2', false)).toEqual({ municipality: '1' })
    expect(toggled(now, 'municipality', '1', false)).toEqual({ municipality: null })
  })

  test('holds every filter and nothing that is none', () => {
    const all = query([...FILTERS.map((n) => `${encodeURIComponent(n)}=x`), 'sort=name', 'area=map', 'm=1/2/3', 'columns=name', 'deleted=true', 'profile=pram', 'fit=yes'].join('&'))
    expect([...filterOf(all).keys()]).toEqual([...FILTERS])
  })

  test('an order the list does not know is none', () => {
    expect(['sort=name', 'sort=-updated_at', 'sort=inspection_due', 'sort=distance', 'sort=drop table', ''].map((q) => sortOf(query(q)))).toEqual(['name', '-updated_at', 'inspection_due', '', '', ''])
  })

  test('what a visitor\'s link asks becomes the verdicts that grant it', () => {
    expect(adapted(query('fit=help&profile=pram,wheelchair&status=open'))).toEqual({ 'verdict[pram]': 'yes,with_help', 'verdict[wheelchair]': 'yes,with_help', lifecycle: 'existing', fit: null, status: null })
    expect(adapted(query('q=a&profile=pram'))).toBeNull()
    expect(adapted(query('fit=yes'))).toEqual({ fit: null })
  })
})

describe('views', () => {
  test('keep filters, order and columns, and the camera only where the map bounds the list', () => {
    expect(viewQuery(query('grade=poor&sort=name&m=12/50/20'), 'name,id')).toBe('grade=poor&sort=name&columns=name%2Cid')
    expect(viewQuery(query('m=12/50/20&area=map'), 'name')).toBe('area=map&m=12%2F50%2F20&columns=name')
  })

  test('are known again, whatever the columns and wherever the map went', () => {
    const now = query('sort=name&grade=poor&m=12/50/20')
    expect(sameView(query('grade=poor&sort=name&columns=id&m=1/2/3'), viewQuery(now, 'name'))).toBe(true)
    expect(sameView(query('grade=fair&sort=name'), viewQuery(now, 'name'))).toBe(false)
    expect(sameView(query('grade=poor'), viewQuery(now, 'name'))).toBe(false)
  })
})

test('a file holds the list that is filtered, or what is selected', () => {
  expect(exportHref(query('grade=poor&bbox=1,2,3,4'), 'csv')).toBe('/api/v1/places/export?grade=poor&bbox=1%2C2%2C3%2C4&format=csv')
  expect(exportHref(query('grade=poor'), 'gpkg', [3, 1])).toBe('/api/v1/places/export?ids=3%2C1&format=gpkg')
})
