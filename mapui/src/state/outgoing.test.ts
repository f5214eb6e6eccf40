import { describe, expect, it, test } from 'vitest'
import { due, join, nextTry, ordered, pause, replaces, type Outgoing } from './outgoing'

let count = 0
function change(record: string, more: Partial<Outgoing> = {}): Outgoing {
  count += 1
  return { id: `id-${count}`, user: 1, record, page: '', name: '', kind: 'place', at: `2026-01-01T00:00:${String(count % 60).padStart(2, '0')}Z`, method: 'PATCH', path: '/api/v1/' + record, version: 3, body: {}, base: null, file: null, revision: 0, tries: 0, after: 0, refused: null, ...more }
}

describe('changes go', () => {
  it('one after the other of one record, beside those of others', () => {
    const [a, b, c] = [change('places/1', { method: 'DELETE' }), change('places/1', { method: 'POST' }), change('places/2')]
    expect(due([c, b, a], 1, 0).map((o) => o.id)).toEqual([a.id, c.id])
  })
  it('not past one that was refused or has to wait', () => {
    const refused = change('places/1', { refused: { status: 422, message: '', fields: [] } })
    const waiting = change('places/2', { after: 100 })
    const behind = [change('places/1'), change('places/2')]
    expect(due([refused, waiting, ...behind], 1, 50)).toEqual([])
    expect(due([refused, waiting, ...behind], 1, 100)).toEqual([waiting])
    expect(nextTry([refused, waiting, ...behind], 1, 50)).toBe(100)
    expect(nextTry([refused, behind[0]!], 1, 50)).toBeNull()
  })
  it('only for whom they were saved', () => {
    const other = change('places/1', { user: 2 })
    expect(due([other], 1, 0)).toEqual([])
    expect(ordered([other], 2)).toEqual([other])
    expect(nextTry([other], 1, 0)).toBeNull()
  })
  it('after ever longer pauses, up to five minutes', () => {
    expect([1, 2, 3, 4].map(pause)).toEqual([5000, 10000, 20000, 40000])
    expect(pause(100)).toBe(300_000)
  })
})

describe('a change that waits', () => {
  it('is joined by the next of its record, on the version it began from', () => {
    const first = change('places/1', { version: 3, base: { a: 1 }, body: { name: { pl: 'A' }, website: 'x' }, tries: 4, after: 99 })
    const second = change('places/1', { version: 3, body: { name: { en: 'B' }, website: null } })
    const { keep, drop } = join([first, change('places/2')], second)
    expect(keep).toMatchObject({ id: first.id, version: 3, base: { a: 1 }, body: { name: { pl: 'A', en: 'B' }, website: null }, tries: 0, after: 0 })
    expect(drop).toEqual([])
  })
  it('gives way to a deletion', () => {
    const first = change('places/1', { version: 3 })
    const { keep, drop } = join([first], change('places/1', { method: 'DELETE', version: 7, body: null }))
    expect(keep).toMatchObject({ method: 'DELETE', version: 3 })
    expect(drop).toEqual([first.id])
  })
  it('of somebody else is left alone', () => {
    const second = change('places/1')
    expect(join([change('places/1', { user: 2 })], second)).toEqual({ keep: second, drop: [] })
  })
  it('that makes a record is never joined', () => {
    const photo = change('media/new-1', { method: 'POST' })
    expect(join([photo], change('media/new-1', { method: 'POST' })).drop).toEqual([])
  })
})

describe('what arrived stands for what was refused', () => {
  test.each([
    [{ body: { name: { pl: 'A' }, website: 'x' } }, { body: { name: { pl: 'B' } } }, true],
    [{ body: { name: { pl: 'A' } } }, { body: { name: { en: 'B' } } }, false],
    [{ body: { name: { pl: 'A' } } }, { body: { website: null } }, false],
    [{ method: 'DELETE', body: null }, { body: { website: null } }, true],
    [{ method: 'POST', path: '/api/v1/places' }, { method: 'POST', path: '/api/v1/places' }, true],
    [{ method: 'POST', path: '/api/v1/places/1/access-facts' }, { method: 'POST', path: '/api/v1/places/1/access-facts' }, false],
  ] as [Partial<Outgoing>, Partial<Outgoing>, boolean][])('%o for %o: %s', (arrived, refused, want) => {
    expect(replaces(change('places/1', arrived), change('places/1', refused))).toBe(want)
  })
  test('what was joined is told from what was sent', () => {
    const first = change('places/1')
    expect(join([first], change('places/1')).keep.revision).toBe(first.revision + 1)
  })
})
