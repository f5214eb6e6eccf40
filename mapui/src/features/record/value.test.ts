import { describe, expect, it } from 'vitest'
import { factValue, webAddress, type Attribute } from './value'

const words = { yes: 'tak', no: 'nie', notApplicable: 'nie dotyczy' }
const label = (list: string, code: string) => `${list}:${code}`
const attribute = (type: string, unit?: string) => ({ code: 'x', type, unit }) as Attribute

describe('the value of a fact', () => {
  it.each([
    [{ attribute: 'door_width', value: 85.5, unit: 'cm' }, attribute('number', 'cm'), '85,5\u00a0cm'],
    [{ attribute: 'door_width', value: 85 }, attribute('number', 'cm'), '85\u00a0cm'],
    [{ attribute: 'steps', value: 0 }, attribute('integer'), '0'],
    [{ attribute: 'lit', value: false }, attribute('boolean'), 'nie'],
    [{ attribute: 'ramp', value: 'removable' }, attribute('enum'), 'ramp:removable'],
    [{ attribute: 'tactile_media', value: ['plan', 'braille'] }, attribute('set'), 'tactile_media:plan, tactile_media:braille'],
    [{ attribute: 'certificate_issuer', value: 'Fundacja' }, attribute('text'), 'Fundacja'],
    [{ attribute: 'lit', value: true, state: 'not_applicable' }, attribute('boolean'), 'nie dotyczy'],
    [{ attribute: 'lit' }, undefined, ''],
  ])('%o is written in words with its unit', (fact, of, want) => expect(factValue(fact, of, label, words)).toBe(want))
})

describe('a link to elsewhere', () => {
  it('is made of addresses of the web alone', () => {
    expect(webAddress('https://example.org/a?b')).toBe('https://example.org/a?b')
    for (const text of ['javascript:alert(1)', 'data:text/html,x', 'ftp://example.org', 'Rejestr zabytków', '', undefined]) expect(webAddress(text)).toBe('')
  })
})
