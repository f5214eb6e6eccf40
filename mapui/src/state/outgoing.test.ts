import { describe, expect, it, test } from 'vitest'
import { applyPatch, patchOf, type JsonObject } from '../api/merge'
import { due, follow, join, nextTry, ordered, pause, replaces, rest, wanted, type Outgoing } from './outgoing'

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
  const base: JsonObject = { name: { pl: 'A' }, note: 'stara', heritage: { category: 'manor', materials: 'drewno' } }
  const to = (from: JsonObject, result: JsonObject, more: Partial<Outgoing> = {}) => change('places/1', { version: 3, base: from, body: patchOf(from, result), ...more })
  const sent = (one: Outgoing) => applyPatch(one.base ?? {}, one.body ?? {})

  it('is joined by the next of its record, on the version it began from', () => {
    const first = to(base, { ...base, note: 'nowa' }, { tries: 4, after: 99 })
    const second = to(wanted(first), { ...wanted(first), name: { pl: 'A', en: 'B' } })
    const { keep, drop } = join([first, change('places/2')], second)
    expect(keep).toMatchObject({ id: first.id, version: 3, base, body: { name: { en: 'B' }, note: 'nowa' }, tries: 0, after: 0, revision: 1 })
    expect(drop).toEqual([])
  })
  it('is put back by one that began from where it began', () => {
    const first = to(base, { ...base, note: 'nowa' }, { refused: { status: 422, message: '', fields: [] } })
    const again = to(base, { ...base, website: 'x' }, { over: { id: first.id, revision: 0 } })
    expect(join([first], again).keep).toMatchObject({ id: first.id, body: { website: 'x' }, refused: null })
    // and by one that began from its result
    const back = to(wanted(first), base)
    expect(join([first], back).keep.body).toEqual({})
  })
  it('keeps what a window that had not seen it does not speak of', () => {
    const first = to(base, { ...base, note: 'nowa' })
    expect(sent(join([first], to(base, { ...base, website: 'x' })).keep)).toEqual({ ...base, note: 'nowa', website: 'x' })
    // the form saw it, but not what was joined to it since
    const second = join([first], to(base, { ...base, website: 'x' })).keep
    expect(sent(join([second], to(base, { ...base, note: 'inna' }, { over: { id: first.id, revision: 0 } })).keep)).toEqual({ ...base, note: 'inna', website: 'x' })
  })
  it('leaves nothing of what was taken away and made anew', () => {
    const first = to(base, { name: { pl: 'A' }, note: 'stara' })
    const second = to(wanted(first), { ...wanted(first), heritage: { category: 'palace' } })
    const { keep } = join([first], second)
    expect(keep.body).toEqual({ heritage: { category: 'palace', materials: null } })
    expect(sent(keep)).toEqual({ ...base, heritage: { category: 'palace' } })
  })
  it('gives way to one of a newer version, which settled a conflict', () => {
    const first = to(base, { ...base, note: 'moja' }, { refused: { status: 412, message: '', fields: [] } })
    const theirs = { ...base, note: 'ich', website: 'y' }
    const settled = to(theirs, { ...theirs, name: { pl: 'C' } }, { version: 5 })
    expect(join([first], settled).keep).toMatchObject({ id: first.id, at: first.at, version: 5, base: theirs, body: { name: { pl: 'C' } }, refused: null, revision: 1 })
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
  it('that makes a record is joined only where it was refused: the mended one takes its place', () => {
    const photo = change('media/new-1', { method: 'POST', path: '/api/v1/media' })
    const again = change('media/new-1', { method: 'POST', path: '/api/v1/media' })
    expect(join([photo], again)).toEqual({ keep: again, drop: [] })
    const refused = { ...photo, refused: { status: 422, message: '', fields: [] } }
    expect(join([refused], { ...again, body: { a: 1 } }).keep).toMatchObject({ id: photo.id, at: photo.at, body: { a: 1 }, refused: null, revision: 1 })
    // what is done to a fact is another thing than what was done before
    expect(join([{ ...refused, path: '/api/v1/access-facts/1/dispute' }], { ...again, path: '/api/v1/access-facts/1/withdraw' }).keep.path).toBe('/api/v1/access-facts/1/withdraw')
  })
})

describe('when a change has arrived', () => {
  const base: JsonObject = { name: { pl: 'A' }, note: 'stara' }
  const first = change('places/1', { version: 3, base, body: { note: 'nowa' } })
  it('what was joined to it goes on from the answer', () => {
    const now = { ...first, revision: 1, body: { note: 'nowa', website: 'x' } }
    const answer = { id: 1, version: 7, ...base, note: 'nowa', source: 'ktoś inny' }
    expect(rest(first, now, answer)).toMatchObject({ version: 7, base: { name: { pl: 'A' }, source: 'ktoś inny' }, body: { website: 'x' } })
    expect(rest(first, { ...first, revision: 1 }, answer)).toBeNull()
    // put back while it was on its way
    const fields = { name: { pl: 'A' }, website: 'a' }
    const out = change('places/1', { version: 3, base: fields, body: { website: 'b' } })
    expect(rest(out, { ...out, revision: 1, body: {} }, { id: 1, version: 4, ...fields, website: 'b' })).toMatchObject({ version: 4, body: { website: 'a' } })
  })
  it('what is done next to its record is done to the version it made, if nobody came between', () => {
    const dispute = change('access-facts/1', { method: 'POST', path: '/api/v1/access-facts/1/dispute', version: 3 })
    const withdraw = change('access-facts/1', { method: 'POST', path: '/api/v1/access-facts/1/withdraw', version: 3 })
    const patch = change('access-facts/1', { version: 3 })
    const foreign = { ...withdraw, id: 'foreign', user: 2 }
    expect(follow([dispute, withdraw, patch, foreign], dispute, { id: 1, version: 4 })).toEqual([{ ...withdraw, version: 4 }])
    expect(follow([dispute, withdraw], dispute, { id: 1, version: 5 })).toEqual([])
  })
  it('what others made is not taken for it', () => {
    const make = (record: string) => change(record, { method: 'POST', path: '/api/v1/media', version: null })
    const [one, two] = [make('media/new-1'), make('media/new-2')]
    expect(follow([one, two], one, { id: 9, version: 1 })).toEqual([{ ...two, not: [9] }])
    expect(follow([{ ...two, not: [8] }], one, { id: 9, version: 1 })).toEqual([{ ...two, not: [8, 9] }])
  })
})

describe('what arrived stands for what was refused', () => {
  test.each([
    [{ body: { name: { pl: 'A' }, website: 'x' } }, { body: { name: { pl: 'B' } } }, true],
    [{ body: { name: { pl: 'A' } } }, { body: { name: { en: 'B' } } }, false],
    [{ body: { name: { pl: 'A' } } }, { body: { website: null } }, false],
    [{ method: 'DELETE', body: null }, { body: { website: null } }, true],
    [{ method: 'POST', path: '/api/v1/places' }, { method: 'POST', path: '/api/v1/places' }, true],
    [{ method: 'POST', path: '/api/v1/places/1/access-facts' }, { method: 'POST', path: '/api/v1/places/1/access-facts' }, true],
    [{ body: { website: null }, over: { id: 'seen', revision: 0 } }, { id: 'seen', body: { note: 'x' } }, true],
  ] as [Partial<Outgoing>, Partial<Outgoing>, boolean][])('%o for %o: %s', (arrived, refused, want) => {
    expect(replaces(change('places/1', arrived), change('places/1', refused))).toBe(want)
  })
})
