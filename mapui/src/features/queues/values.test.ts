import { describe, expect, it } from 'vitest'
import { factValue, pointOf, readFact, typedFact } from './values'

const words = { yes: 'tak', no: 'nie', unknown: 'nie wiadomo' }
const label = (list: string, code: string) => `${list}.${code}`
const number = (n: number) => String(n).replace('.', ',')
const write = (attribute: { code: string; unit?: string }, value: unknown) => factValue(attribute, value, words, label, number)

describe('the value of a fact', () => {
  it('is written in words', () => {
    expect(write({ code: 'lit' }, false)).toBe('nie')
    expect(write({ code: 'door_width', unit: 'cm' }, 82.5)).toBe('82,5 cm')
    expect(write({ code: 'steps' }, 0)).toBe('0')
    expect(write({ code: 'surface' }, 'sand')).toBe('surface.sand')
    expect(write({ code: 'tactile_media' }, ['plan', 'braille'])).toBe('tactile_media.plan, tactile_media.braille')
    expect(write({ code: 'surface' }, undefined)).toBe('nie wiadomo')
  })
  it('is read back as it was', () => {
    for (const [type, value] of [['boolean', false], ['number', 82.5], ['integer', 0], ['enum', 'sand'], ['set', ['plan', 'braille']], ['text', 'Fundacja']] as const) {
      expect(readFact({ type }, typedFact(value))).toEqual(value)
    }
  })
  it('is not read where it is none', () => {
    expect(readFact({ type: 'integer' }, '1,5')).toBeUndefined()
    expect(readFact({ type: 'number' }, 'dwa')).toBeUndefined()
    expect(readFact({ type: 'boolean' }, 'może')).toBeUndefined()
    expect(readFact({ type: 'set' }, [])).toBeUndefined()
  })
})

describe('a position', () => {
  it('is read however people write it', () => {
    for (const text of ['50.06143, 19.93658', '50,06143 19,93658', '50,06143; 19,93658', ' 50.06143 19.93658 ']) expect(pointOf(text)).toEqual({ type: 'Point', coordinates: [19.93658, 50.06143] })
    expect(pointOf('50, 19')).toEqual({ type: 'Point', coordinates: [19, 50] })
    for (const text of ['', '50.06143', '91.5, 19.9', '50.1, 181.2', 'Rynek 1']) expect(pointOf(text)).toBeNull()
  })
})
