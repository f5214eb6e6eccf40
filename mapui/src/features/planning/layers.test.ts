import { expect, it } from 'vitest'
import { adapted, byNeed, countOf, FORMS, groupsOf, layerOf, LAYERS, profileOfIndicator, summaryOf, whatIfHref, type Place } from './layers'

const q = (text: string) => new URLSearchParams(text)

it('reads the layer from the address, and condition from none', () => {
  expect(LAYERS.map((l) => layerOf(q(`warstwa=${l}`)))).toEqual(LAYERS)
  expect([layerOf(q('')), layerOf(q('warstwa=inna'))]).toEqual(['stan', 'stan'])
})

it('keeps of an address what this workspace shows, and is content with its own', () => {
  expect(adapted(q('q=park&profile=pram&m=9/50/20&municipality=1261011'), 'wheelchair')).toEqual({ q: null, profile: null, lifecycle: 'existing' })
  for (const start of ['', 'warstwa=bariery&profile=pram,blind&width_cm=70&fit=yes', 'warstwa=ochrona', 'warstwa=gminy&protection=register&wskaznik=protected&lifecycle=planned']) {
    const query = q(start)
    for (const [name, value] of Object.entries(adapted(query, 'walking') ?? {})) value === null ? query.delete(name) : query.set(name, value)
    expect(adapted(query, 'walking')).toBeNull()
  }
  expect(adapted(q('warstwa=bariery&lifecycle=existing'), 'walking')).toEqual({ profile: 'walking' })
})

it('counts every grade in one group of condition', () => {
  const counts = { grade: { '5': 1, very_bad: 7, destroyed: 1, '4': 6, poor: 12, '3': 12, fair: 40, '2': 15, good: 65, '1': 12, uncertain: 2, not_assessed: 3, none: 85 }, freshness: { never: 85, fresh: 170 } }
  const groups = groupsOf('stan', null, FORMS, '')
  expect(groups.map((g) => [g.key, countOf(g, counts)])).toEqual([['grade-5', 9], ['grade-4', 18], ['never', 85], ['unassessed', 5], ['grade-3', 52], ['grade-2', 80], ['grade-1', 12]])
  expect(groups.reduce((n, g) => n + countOf(g, counts), 0)).toBe(Object.values(counts.grade).reduce((n, c) => n + c, 0))
})

it('puts what one cannot use before what is not known', () => {
  expect(groupsOf('bariery', 'pram', FORMS, '').map((g) => g.query['verdict[pram]'])).toEqual(['no', 'unknown', 'with_help', 'yes'])
  expect(groupsOf('bariery', null, FORMS, '')).toEqual([])
  expect(groupsOf('gminy', null, FORMS, 'usable_blind').map((g) => g.code)).toEqual(['no', 'unknown', 'with_help', 'yes'])
  expect(groupsOf('gminy', null, FORMS, 'mean_grade')[0]!.key).toBe('grade-5')
  expect(groupsOf('ochrona', null, ['register'], '').map((g) => g.query)).toEqual([{ protection: 'register' }])
  expect([profileOfIndicator('unknown_hard_of_hearing'), profileOfIndicator('protected')]).toEqual(['hard_of_hearing', null])
})

const place = (id: number, grade: string, freshness: string, value = 0, protections: string[] = []): Place =>
  ({ id, condition: { ...(grade && { grade }), freshness, ...(freshness !== 'never' && { inspected_on: '2024-01-01' }) }, infrastructure: { category: 'park', renewal_value_pln: value }, protections }) as Place

it('orders places by need: grade, freshness, value', () => {
  const wanted = [
    place(9, 'very_bad', 'stale'), place(8, '5', 'fresh', 900), place(7, '5', 'fresh', 100), place(6, 'poor', 'fresh'), place(5, '', 'never', 0, ['register']), place(4, '', 'never', 500), place(3, 'fair', 'fresh'), place(2, '2', 'stale'), place(1, '1', 'fresh'),
  ]
  expect([...wanted].reverse().sort(byNeed).map((p) => p.id)).toEqual(wanted.map((p) => p.id))
})

it('sums up a filter', () => {
  const counts = { grade: { '4': 2, very_bad: 1, good: 3, none: 4 }, freshness: { never: 4 }, 'verdict[pram]': { yes: 1, with_help: 2, no: 3, unknown: 4 } }
  expect(summaryOf(10, counts, 'pram')).toEqual({ total: 10, graded: 6, bad: 3, never: 4, usable: 3, unknown: 4 })
  expect(summaryOf(0, {}, 'pram')).toEqual({ total: 0, graded: 0, bad: 0, never: 0, usable: 0, unknown: 0 })
})

it('asks what if about places like these, with words the page knows', () => {
  expect(whatIfHref({ municipality: '1261011', category: 'park', profile: 'pram', verdict: 'no' })).toBe('/inwestycje/co-jesli?municipality=1261011&category=park&profile=pram&verdict=no')
  expect(whatIfHref({ profile: 'pram', verdict: 'grade' })).toBe('/inwestycje/co-jesli')
})
