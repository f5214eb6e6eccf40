import { describe, expect, it } from 'vitest'
import { acceptsField, carry, chooseAll, decisionsOf, startOf, type Choice, type Item, type Report } from './decisions'

const item = (id: number, more: Partial<Item>): Item => ({ id, kind: 'field', state: 'open', ...more }) as Item
const report = (...items: Item[]): Report => ({ id: 1, version: 1, record_name: {}, lang: 'pl', state: 'open', record_version: 4, items }) as unknown as Report
const choice = (what: Choice['what'], more: Partial<Choice> = {}): Choice => ({ what, typed: '', observedOn: '', method: '', ...more })
const steps = { code: 'steps', type: 'integer', unit: '' } as never
const attributeOf = (code: string) => (code === 'steps' ? steps : undefined)

describe('decisions', () => {
  const all = report(
    item(1, { kind: 'message', message: 'zamknięte' }),
    item(2, { field: '/website', proposed: 'https://a.example' }),
    item(3, { field: '/geometry', proposed: { type: 'Point', coordinates: [19.9, 50.1] } }),
    item(4, { kind: 'fact', attribute: 'steps', fact_state: 'known', value: 2, observed_on: '2026-11-01' }),
    item(5, { field: '/name/pl', state: 'accepted' }),
  )
  it('send what was chosen for open items alone', () => {
    const { items, wrong } = decisionsOf(all, new Map([[1, choice('accept')], [2, choice('reject')], [5, choice('accept')]]), attributeOf)
    expect(items).toEqual([{ id: 1, decision: 'accept' }, { id: 2, decision: 'reject' }])
    expect(wrong.size).toBe(0)
  })
  it('send corrected values as the record has them', () => {
    const { items } = decisionsOf(all, new Map([
      [2, choice('correct', { typed: '  ' })],
      [3, choice('correct', { typed: '50,06143 19,93658' })],
      [4, choice('correct', { typed: '3', observedOn: '2026-11-02', method: 'measured' })],
    ]), attributeOf)
    expect(items).toEqual([
      { id: 2, decision: 'accept', value: null },
      { id: 3, decision: 'accept', value: { type: 'Point', coordinates: [19.93658, 50.06143] } },
      { id: 4, decision: 'accept', value: 3, observed_on: '2026-11-02', method: 'measured' },
    ])
  })
  it('leave out the day of a fact that was not corrected', () => {
    expect(decisionsOf(all, new Map([[4, choice('correct', { typed: '1', observedOn: '2026-11-01' })]]), attributeOf).items).toEqual([{ id: 4, decision: 'accept', value: 1 }])
  })
  it('name what cannot be read', () => {
    const { items, wrong } = decisionsOf(all, new Map([[3, choice('correct', { typed: 'pod lipą' })], [4, choice('correct', { typed: '1,5' })]]), attributeOf)
    expect(items).toEqual([])
    expect([...wrong]).toEqual([[3, 'position'], [4, 'value']])
  })
  it('want the version of the record only when a field is accepted', () => {
    expect(acceptsField(all, [{ id: 2, decision: 'reject' }, { id: 4, decision: 'accept' }])).toBe(false)
    expect(acceptsField(all, [{ id: 3, decision: 'accept' }])).toBe(true)
  })
  it('begin a correction with what was proposed', () => {
    expect(startOf(all.items[2]!).typed).toBe('50.100000, 19.900000')
    expect(startOf(all.items[3]!)).toEqual({ typed: '2', observedOn: '2026-11-01', method: '' })
  })
  it('are made for all at once where they may be', () => {
    expect([...chooseAll(all, 'accept', (i) => i.kind !== 'field').keys()]).toEqual([1, 4])
    expect([...chooseAll(all, 'reject', () => false).keys()]).toEqual([1, 2, 3, 4])
  })
})

describe('a report that changed meanwhile', () => {
  it('keeps the decisions on open items, and tells what others decided and what moved', () => {
    const before = report(item(1, { field: '/website', current: 'a' }), item(2, { field: '/name/pl', current: 'A' }), item(3, { field: '/lifecycle', current: 'existing' }))
    const now = report(item(1, { field: '/website', current: 'b' }), item(2, { field: '/name/pl', current: 'A', state: 'rejected' }), item(3, { field: '/lifecycle', current: 'existing' }))
    const mine = choice('correct', { typed: 'c' })
    const carried = carry(new Map([[1, mine], [2, choice('accept')]]), before, now)
    expect([...carried.choices]).toEqual([[1, mine]])
    expect(carried.dropped).toEqual([2])
    expect(carried.changed).toEqual([1])
  })
})
