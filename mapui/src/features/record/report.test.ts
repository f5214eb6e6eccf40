import { describe, expect, it } from 'vitest'
import { empty, keep, kept, nothing, type Typed } from './draft'
import { bodyOf, fieldOf, numberOf, questions, valueFrom, type ReportField } from './report'
import type { Attribute } from './value'

const attribute = (code: string, type: string, links: string[], unit?: string) => [code, { code, type, links, unit } as Attribute] as const
const attributes = new Map([
  attribute('steps', 'integer', ['path', 'entrance']),
  attribute('door_width', 'number', ['entrance', 'toilet'], 'cm'),
  attribute('lit', 'boolean', ['path']),
  attribute('tactile_media', 'set', ['services']),
  attribute('smoothness', 'enum', ['path']),
])
const fields: ReportField[] = [
  { name: 'name/pl', now: 'Dwór', type: 'text' },
  { name: 'opening_hours', now: 'Mo 08:00-16:00', type: 'text' },
  { name: 'website', now: '', type: 'url' },
  { name: 'address/street', now: 'Długa', type: 'text' },
  { name: 'geometry/lat', now: '50.1', type: 'number' },
  { name: 'geometry/lon', now: '19.9', type: 'number' },
  { name: 'lifecycle', now: '', type: 'check', checked: 'closed' },
]
const typed = (over: Partial<Typed>): Typed => ({ ...nothing(), ...over })
const body = (over: Partial<Typed>) => bodyOf(typed(over), fields, attributes, 'pl', 4).body

describe('the request of a report', () => {
  it('has only what was said', () => {
    expect(body({ message: '  Brama zamknięta ' })).toEqual({ lang: 'pl', record_version: 4, message: 'Brama zamknięta' })
    expect(body({ fields: { 'name/pl': 'Dwór', website: '' } })).toEqual({ lang: 'pl', record_version: 4 })
  })
  it('changes fields by their place in the record, and takes away what was emptied', () => {
    expect(body({ fields: { 'name/pl': 'Dwór Stary', opening_hours: ' ', 'address/street': 'Krótka', lifecycle: 'true' } }).changes).toEqual({
      name: { pl: 'Dwór Stary' }, opening_hours: null, address: { street: 'Krótka' }, lifecycle: 'closed',
    })
  })
  it('moves the record to the position typed, with a comma or a point, and leaves to the server what is no number', () => {
    expect(body({ fields: { 'geometry/lat': '50,0612', 'geometry/lon': '19.9373' } }).changes).toEqual({ geometry: { type: 'Point', coordinates: [19.9373, 50.0612] } })
    expect(body({ fields: { 'geometry/lat': '50,06' } }).changes).toEqual({ geometry: { type: 'Point', coordinates: ['', 50.06] } })
  })
  it('answers with values of the attribute\'s type and its unit, and says which answer is which', () => {
    const { body, order } = bodyOf(typed({ observedOn: '2026-11-01', facts: { 'entrance steps': '2', 'entrance door_width': '82,5', 'path lit': 'false', 'services tactile_media': 'plan,braille', 'path smoothness': '', 'path gone': '1' } }), fields, attributes, 'en', undefined)
    expect(body.facts).toEqual([
      { part: 'entrance', attribute: 'steps', value: 2, unit: '', observed_on: '2026-11-01' },
      { part: 'entrance', attribute: 'door_width', value: 82.5, unit: 'cm', observed_on: '2026-11-01' },
      { part: 'path', attribute: 'lit', value: false, unit: '', observed_on: '2026-11-01' },
      { part: 'services', attribute: 'tactile_media', value: ['plan', 'braille'], unit: '', observed_on: '2026-11-01' },
    ])
    expect(order).toEqual(['entrance steps', 'entrance door_width', 'path lit', 'services tactile_media'])
    expect(fieldOf('/facts/1/value', fields, order)).toBe('fact:entrance door_width')
    expect(fieldOf('/facts/0/observed_on', fields, order)).toBe('observed')
  })
})

describe('a pointer of the answer', () => {
  it.each([['/message', 'message'], ['/changes/website', 'website'], ['/changes/name/pl', 'name/pl'], ['/changes/name', 'name/pl'], ['/changes/geometry', 'geometry/lon'], ['/changes/geometry/coordinates/1', 'geometry/lat'], ['', ''], ['/changes/else', '']])(
    '%s is about the field %s', (pointer, want) => expect(fieldOf(pointer, fields, [])).toBe(want))
})

describe('numbers', () => {
  it('are read as people write them', () => expect(['1,5', ' 2.25 ', '-3', '1 200', '1,2,3', 'dwa', ''].map(numberOf)).toEqual([1.5, 2.25, -3, 1200, Number.NaN, Number.NaN, Number.NaN]))
  it('that are none stay text', () => expect(valueFrom('dwa', attributes.get('steps')!)).toBe('dwa'))
})

describe('questions', () => {
  it('are a handful at first, of links that know them', () => {
    expect(questions(attributes, false).map((q) => `${q.part} ${q.attribute.code}`)).toEqual(['path smoothness', 'entrance steps', 'entrance door_width'])
  })
  it('are all there are, link by link, when asked for', () => {
    expect(questions(attributes, true).map((q) => `${q.part} ${q.attribute.code}`)).toEqual(['path steps', 'path lit', 'path smoothness', 'entrance steps', 'entrance door_width', 'toilet door_width', 'services tactile_media'])
  })
  it('about a segment are those of a path', () => {
    expect(questions(attributes, true, 'segment#2').map((q) => `${q.part} ${q.attribute.code}`)).toEqual(['segment#2 steps', 'segment#2 lit', 'segment#2 smoothness'])
  })
})

describe('a report that was not sent', () => {
  const storage = () => {
    const all = new Map<string, string>()
    return { all, getItem: (k: string) => all.get(k) ?? null, setItem: (k: string, v: string) => void all.set(k, v), removeItem: (k: string) => void all.delete(k) }
  }
  it('is kept for its record alone, and forgotten when nothing is left of it', () => {
    const s = storage()
    const said = typed({ message: 'Brama', fields: { website: 'x' }, facts: { 'entrance steps': '2' }, observedOn: '2026-11-01' })
    keep('place', 5, said, s)
    expect(kept('place', 5, s)).toEqual(said)
    expect(kept('place', 6, s)).toBeNull()
    expect(kept('product', 5, s)).toBeNull()
    keep('place', 5, nothing(), s)
    expect(s.all.size).toBe(0)
  })
  it('is nothing when what is kept cannot be read', () => {
    for (const text of ['{', 'null', '[]', '"x"', '{"message":3,"fields":[1],"facts":{"a":2}}']) expect(kept('place', 5, { getItem: () => text })).toBeNull()
    expect(kept('place', 5, { getItem: () => { throw new Error('forbidden') } })).toBeNull()
  })
  it('says something when any of it does', () => {
    expect(empty(nothing())).toBe(true)
    expect(empty(typed({ observedOn: '2026-11-01', message: '  ', facts: { a: ' ' } }))).toBe(true)
    expect(empty(typed({ fields: { website: '' } }))).toBe(false)
  })
})
