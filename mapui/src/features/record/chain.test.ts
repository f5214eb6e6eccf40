import { describe, expect, it } from 'vitest'
import { accessQuestions, apart, chainOf, decidingFirst, partNumber, together, type Fact, type ProfileVerdict } from './chain'

const words = (pl: string) => ({ pl, en: pl })
const reason = (over: object) => ({ link: 'path', part: 'path', attribute: 'steps', label: words('stopnie'), sentence: words('8 stopni.'), outcome: 'no', fact_id: 1, ...over })
const fact = (over: object) => ({ id: 1, attribute: 'steps', part: 'path', value: 8, counts: true, observed_on: '2026-01-13', method: 'measured', ...over }) as Fact
const verdict = (over: object): ProfileVerdict =>
  ({
    profile: 'wheelchair', verdict: 'no', breaks: 'path', sentence: words('Nie wejdziesz.'), missing: [],
    links: [
      { link: 'arrival', outcome: 'not_judged', reasons: [] },
      { link: 'path', part: 'path', outcome: 'no', reasons: [reason({})] },
      { link: 'entrance', part: 'entrance', outcome: 'yes', reasons: [] },
    ],
    ...over,
  }) as unknown as ProfileVerdict

describe('the verdict for several needs', () => {
  it('is the worst: no, then unknown, then with help', () => {
    expect(together(['yes', 'with_help'])).toBe('with_help')
    expect(together(['with_help', 'unknown'])).toBe('unknown')
    expect(together(['unknown', 'no', 'yes'])).toBe('no')
  })
  it('is unknown for no needs at all, never yes', () => expect(together([])).toBe('unknown'))
  it('puts the need that decides first and keeps the order of the others', () => {
    const verdicts = [{ p: 1, verdict: 'yes' as const }, { p: 2, verdict: 'unknown' as const }, { p: 3, verdict: 'no' as const }, { p: 4, verdict: 'no' as const }]
    expect(decidingFirst(verdicts).map((v) => v.p)).toEqual([3, 1, 2, 4])
  })
})

describe('the chain of a verdict', () => {
  it('leaves out links the profile asks nothing of, names the broken one, and says what lies beyond it', () => {
    expect(chainOf(verdict({}), []).map((l) => [l.link, l.breaks, l.beyond])).toEqual([['path', true, false], ['entrance', false, true]])
  })
  it('calls nothing beyond reach where the verdict is only unknown', () => {
    const links = chainOf(verdict({ verdict: 'unknown', links: [{ link: 'path', outcome: 'unknown', reasons: [] }, { link: 'entrance', outcome: 'yes', reasons: [] }] }), [])
    expect(links.map((l) => [l.breaks, l.beyond])).toEqual([[true, false], [false, false]])
  })
  it('gives each reason the fact it rests on, what speaks against first, each sentence once', () => {
    const links = chainOf(verdict({ links: [{ link: 'path', part: 'path', outcome: 'no', reasons: [reason({ outcome: 'yes', fact_id: 2, sentence: words('Równo.') }), reason({}), reason({})] }] }), [fact({}), fact({ id: 2 })])
    expect(links[0]!.reasons.map((r) => [r.text, r.fact?.id])).toEqual([['8 stopni.', 1], ['Równo.', 2]])
  })
  it('does not tell of a way round that nobody told of', () => {
    const links = chainOf(verdict({ links: [{ link: 'path', part: 'path', outcome: 'no', reasons: [reason({ fact_id: undefined })] }] }), [])
    expect(links[0]!.reasons).toEqual([])
  })
  it('tells of what is unknown with the last value that was known, under any spelling of the part', () => {
    const unknown = verdict({ verdict: 'unknown', links: [{ link: 'entrance', part: 'entrance', outcome: 'unknown', reasons: [reason({ part: 'entrance', outcome: 'unknown', fact_id: undefined })] }] })
    const old = (part: string | undefined, why = 'stale') => fact({ id: 9, part, counts: false, why })
    for (const part of ['entrance', 'entrance#1', undefined]) expect(chainOf(unknown, [old(part)])[0]!.unknown[0]!.last?.id, String(part)).toBe(9)
    expect(chainOf(unknown, [old('entrance#2')])[0]!.unknown[0]!.last).toBeUndefined()
    expect(chainOf(unknown, [old('entrance', 'superseded')])[0]!.unknown[0]!.last).toBeUndefined()
  })
})

describe('a verdict in words', () => {
  it('does not say its word twice', () => {
    expect(apart('Nie wiadomo', 'Nie wiadomo: nikt tego nie opisał.')).toEqual({ word: 'Nie wiadomo', rest: ': nikt tego nie opisał.' })
    expect(apart('Niedostępne', 'Nie wejdziesz.')).toEqual({ word: 'Niedostępne.', rest: ' Nie wejdziesz.' })
  })
})

describe('the number of a part', () => {
  it('is that behind the #, or none', () => expect(['entrance#2', 'entrance', undefined, 'x#y'].map(partNumber)).toEqual([2, 0, 0, 0]))
})

describe('the questions about access', () => {
  it('are none without needs, and one for all stored profiles', () => {
    expect(accessQuestions(new URLSearchParams())).toEqual([])
    expect(accessQuestions(new URLSearchParams('profile=wheelchair,blind'))).toEqual([{ profiles: ['wheelchair', 'blind'], query: { profile: 'wheelchair,blind' } }])
  })
  it('are one for each profile with measures of one\'s own, with only those it knows', () => {
    expect(accessQuestions(new URLSearchParams('profile=wheelchair,pram,blind&width_cm=70&step_cm=3')).map((q) => q.query)).toEqual([
      { profile: 'wheelchair', width_cm: '70', step_cm: '3' },
      { profile: 'pram', width_cm: '70' },
      { profile: 'blind' },
    ])
  })
})
