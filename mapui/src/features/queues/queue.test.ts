import { describe, expect, it } from 'vitest'
import { issueKey } from './issue'
import { compare, marksOf, questionOf, queueOf, yearsSince, type Spot } from './queue'

const query = (text: string) => new URLSearchParams(text)

describe('the question of a queue', () => {
  it('asks for what is due, most urgent first', () => {
    expect(questionOf('inspect', query('municipality=1261011&q=dw%C3%B3r&issue=duplicate'), [19.9, 50])).toEqual({ municipality: '1261011', q: 'dwór', freshness: 'due', lifecycle: 'existing', sort: 'inspection_due' })
  })
  it('asks for the nearest only where there is a middle to be near to', () => {
    expect(questionOf('inspect', query('sort=distance'), [19.93658, 50.06143])).toMatchObject({ sort: 'distance', near: '19.93658,50.06143' })
    expect(questionOf('inspect', query('sort=distance'), null)).toMatchObject({ sort: 'inspection_due' })
  })
  it('knows the kinds of issues and lets no other through', () => {
    expect(questionOf('fix', query('issue=duplicate,ghost&kind=heritage&dismissed=true'), null)).toEqual({ kind: 'duplicate', dismissed: 'true' })
  })
  it('asks the survey nothing that it does not understand', () => {
    expect(questionOf('survey', query('q=park&category=museum&profile=pram&sort=distance'), [1, 2])).toEqual({ category: 'museum', profile: 'pram' })
  })
  it('opens the first queue one may open when the address names another', () => {
    expect(queueOf(query('queue=fix'), ['inspect', 'survey'])).toBe('inspect')
    expect(queueOf(query('queue=survey'), ['inspect', 'survey'])).toBe('survey')
  })
})

describe('marks', () => {
  const spot = (id: number, position: [number, number] | null): Spot => ({ id, name: `P${id}`, position, facet: 'heritage', category: 'church' })
  it('number places as the list does, once each, and draw the active one as a pin above the rest', () => {
    const marks = marksOf([spot(7, [1, 1]), spot(8, null), spot(7, [1, 1]), spot(9, [2, 2])], 7, 'ink')
    expect(marks.map((m) => [m.properties.id, m.properties.stop ?? false, m.properties.number])).toEqual([[9, true, '4'], [7, false, undefined]])
  })
})

describe('years since an inspection', () => {
  it('are whole ones, and never negative', () => {
    expect(yearsSince('2019-11-28', '2026-11-27')).toBe(6)
    expect(yearsSince('2019-11-27', '2026-11-27')).toBe(7)
    expect(yearsSince('2027-01-01', '2026-11-27')).toBe(0)
  })
})

describe('two records side by side', () => {
  it('differ where more than spaces and case do, and leave out what neither has', () => {
    const rows = [['name', (o: Record<string, string>) => o.name ?? ''], ['site', (o: Record<string, string>) => o.site ?? ''], ['note', () => ' ']] as const
    expect(compare<Record<string, string>, 'name' | 'site' | 'note'>({ name: 'Dwór  Polski', site: 'a' }, { name: ' dwór polski', site: '' }, rows)).toEqual([
      { name: 'name', one: 'Dwór  Polski', other: 'dwór polski', differs: false },
      { name: 'site', one: 'a', other: '', differs: true },
    ])
  })
})

describe('the key of an issue', () => {
  it('tells two warnings of one place apart', () => {
    const one = { kind: 'import_warning', place: { id: 5 }, batch_id: 2, ordinal: 0 } as const
    expect(issueKey(one)).toBe('import_warning-5-2-0')
    expect(issueKey({ ...one, ordinal: 1 })).not.toBe(issueKey(one))
    expect(issueKey({ kind: 'duplicate', place: { id: 5 }, other: { id: 9 } })).toBe('duplicate-5-9')
  })
})
