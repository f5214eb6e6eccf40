import { describe, expect, test } from 'vitest'
import { ariaSort, cell, COLUMNS, columnsOf, columnsText, DEFAULT_COLUMNS, fieldsOf, toggleSort, type Place, type Writing } from './columns'

const writing: Writing = {
  label: (list, code) => (code ? `${list}:${code}` : ''),
  category: (code) => `<${code}>`,
  municipality: (id) => (id ? `m${id}` : 'outside'),
  number: (n) => String(n),
  money: (pln) => `${pln} zł`,
  date: (text) => text.slice(0, 10),
}

describe('columns', () => {
  test('no choice, or one of unknown codes alone, is the default', () => {
    for (const text of ['', null, undefined, 'constructor,nonsense']) expect(columnsOf(text).map((c) => c.id)).toEqual([...DEFAULT_COLUMNS])
  })

  test('the name is always there and first, and the order is the table\'s own', () => {
    expect(columnsOf('updated,id').map((c) => c.id)).toEqual(['name', 'id', 'updated'])
  })

  test('any choice survives being remembered', () => {
    for (const column of COLUMNS) {
      const chosen = columnsOf(`id,${column.id}`)
      expect(columnsOf(columnsText(chosen))).toEqual(chosen)
      expect(chosen).toContain(column)
    }
  })

  test('the fields asked for hold what each column says, once, and what a selection needs', () => {
    const fields = fieldsOf(COLUMNS)
    expect(new Set(fields).size).toBe(fields.length)
    for (const column of COLUMNS) expect(fields).toEqual(expect.arrayContaining(column.fields))
    expect(fieldsOf([])).toEqual(expect.arrayContaining(['name', 'version', 'geometry']))
  })
})

describe('cells', () => {
  const place: Place = {
    id: 7, name: { pl: 'Dwór', en: 'Manor' }, municipality_id: 3, protections: ['register', 'municipal', 'unesco_buffer'], condition: { grade: 'poor', inspected_on: '2026-05-01', freshness: 'fresh' },
    heritage: { category: 'manor', dating: { text: '', from: 1780, to: 1790 } }, infrastructure: { category: 'park', capacity: 0, built_year: 1901, renewal_value_pln: 250000 },
    address: { locality: 'Branice', street: '', house_number: '12', postcode: '31-998' }, updated_at: '2026-11-01T10:00:00Z',
    verdicts: { wheelchair: 'no', powered_wheelchair: 'no', walking: 'yes', pram: 'unknown', blind: 'unknown', deaf: 'unknown', hard_of_hearing: 'unknown', understanding: 'unknown' },
  }

  test('codes are labelled from the list they belong to', () => {
    expect(cell('protection', place, writing)).toBe('protection_form:register; inventory:municipal; international:unesco_buffer')
    expect(cell('condition', place, writing)).toBe('heritage_grade:poor')
    expect(cell('condition', { id: 1, condition: { grade: '4' } }, writing)).toBe('asset_grade:4')
    expect(cell('verdict.walking', place, writing)).toBe('verdict:yes')
    expect(cell('category', place, writing)).toBe('<manor>, <park>')
  })

  test('zero is a value, and nothing known is empty', () => {
    expect(cell('capacity', place, writing)).toBe('0')
    for (const column of COLUMNS) if (!['id', 'municipality'].includes(column.id)) expect(cell(column.id, { id: 1 }, writing)).toBe('')
  })

  test('an address without a street has the number at the village; a dating without words has its years', () => {
    expect(cell('address', place, writing)).toBe('Branice 12, 31-998')
    expect(cell('address', { id: 1, address: { locality: 'Kraków', street: 'Wawel', house_number: '5' } }, writing)).toBe('Wawel 5, Kraków')
    expect(cell('dating', place, writing)).toBe('1780–1790')
  })
})

describe('sorting', () => {
  test('a heading goes up, down and back to the usual order', () => {
    const first = toggleSort('', 'name')
    const second = toggleSort(first, 'name')
    expect([first, second, toggleSort(second, 'name')]).toEqual(['name', '-name', ''])
    expect(toggleSort('-name', 'updated_at')).toBe('updated_at')
  })

  test('says which way a column is sorted, and nothing of one that cannot be', () => {
    expect(ariaSort('-name', 'name')).toBe('descending')
    expect(ariaSort('name', 'name')).toBe('ascending')
    expect(ariaSort('name', 'updated_at')).toBe('none')
    expect(ariaSort('name', undefined)).toBeUndefined()
  })
})
