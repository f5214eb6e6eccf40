import { describe, expect, it } from 'vitest'
import { loadBase } from '../../i18n'
import { partCode, partOf, readValue, typedOf, valueText, type Attribute } from './attributes'

await loadBase('pl')
const width: Attribute = { code: 'door_width', link: 'entrance', links: ['entrance'], type: 'number', unit: 'cm', values: [], min: 30, max: 300, label: '', help: '' }

describe('the value of a fact', () => {
  it('is read as it is typed', () => {
    expect(readValue(width, ' 92,5 ')).toEqual({ value: 92.5, wrong: '' })
    expect(readValue(width, '')).toEqual({ value: undefined, wrong: '' })
    expect(readValue({ ...width, type: 'boolean' }, 'false')).toEqual({ value: false, wrong: '' })
    expect(readValue({ ...width, type: 'set' }, [])).toEqual({ value: undefined, wrong: '' })
    expect(readValue({ ...width, type: 'set' }, ['plan', 'braille']).value).toEqual(['plan', 'braille'])
  })
  it('that is none is told, and kept for mending', () => {
    expect(readValue(width, 'szerokie')).toMatchObject({ value: 'szerokie', wrong: expect.stringContaining('liczb') })
    expect(readValue(width, '9')).toMatchObject({ value: 9, wrong: expect.stringContaining('30–300 cm') })
    expect(readValue({ ...width, type: 'integer' }, '1,5').wrong).not.toBe('')
    expect(readValue({ ...width, min: null, max: null }, '-4').wrong).toBe('')
  })
  it('is written with its unit and labels', () => {
    expect(valueText(width, 92.5)).toBe('92,5 cm')
    expect(valueText({ ...width, values: [{ code: 'fixed', label: 'stała' }] }, ['fixed', 'other'])).toBe('stała, other')
    expect(valueText(width, true)).toBe('tak')
    expect(typedOf(92.5)).toBe('92,5')
  })
})

it('parts are numbered from the second on', () => {
  expect(partOf('entrance#2')).toEqual({ link: 'entrance', number: 2 })
  expect(partOf(undefined)).toEqual({ link: '', number: 1 })
  expect([partCode('toilet', 1), partCode('toilet', 3)]).toEqual(['toilet', 'toilet#3'])
})
