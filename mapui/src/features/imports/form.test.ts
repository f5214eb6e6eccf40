import { describe, expect, it } from 'vitest'
import { emptyForm, inputOf, issuesCSV, missing, problemsOf, size, wait } from './form'

describe('the form of an import', () => {
  it('says nothing of what was left empty', () => {
    expect(inputOf({ ...emptyForm, profile: 'parks' })).toEqual({ profile: 'parks', dry_run: true })
  })
  it('sends what was typed as the server takes it', () => {
    expect(inputOf({ profile: 'osm', dryRun: false, publication: 'draft', asOf: '2026-11-01', municipality: '3', crs: 'EPSG:2180', layer: ' a ', only: 'leisure=park\n\nhistoric=*', bbox: '19, 50, 20, 51' })).toEqual({
      profile: 'osm', dry_run: false, publication: 'draft', as_of: '2026-11-01', municipality_id: 3, crs: 2180, layer: 'a', only: ['leisure=park', 'historic=*'], bbox: '19,50,20,51',
    })
  })
  it('limits only OpenStreetMap by tags and box', () => {
    expect(inputOf({ ...emptyForm, profile: 'parks', only: 'a=b', bbox: '1,2,3,4' })).toEqual({ profile: 'parks', dry_run: true })
  })
  it('names what is missing in the order of the form', () => {
    expect(missing({ ...emptyForm, crs: 'PUWG' }, false, false)).toEqual(['file', 'profile', 'municipality', 'crs'])
    expect(missing({ ...emptyForm, profile: 'parks', crs: '2180' }, true, true)).toEqual([])
  })
  it('puts what the server says beside the field it names', () => {
    expect(problemsOf([{ pointer: '/only/0', code: 'x', detail: 'a' }, { pointer: '/crs', code: 'x', detail: 'b' }, { code: 'x', detail: 'c' }])).toEqual({ by: { only: 'a', crs: 'b' }, rest: ['c'] })
  })
})

describe('sizes and waits', () => {
  const number = (n: number, decimals = 0) => n.toFixed(decimals).replace('.', ',')
  it('are written for people', () => {
    expect([640, 3420, 1_250_000, 4_000_000_000, 999_000].map((n) => size(n, number))).toEqual(['640 B', '3,4 kB', '1,3 MB', '4,0 GB', '999 kB'])
  })
  it('grow, up to a limit', () => {
    expect([0, 1, 100].map(wait)).toEqual([700, 1000, 5000])
  })
})

describe('remarks as CSV', () => {
  it('quote what needs it and run no formula', () => {
    const text = issuesCSV([{ row: 3, severity: 'error', code: 'bad', field: 'name', value: '=HYPERLINK("x")', reason: { pl: 'źle, "bardzo"', en: 'bad' }, place_id: 7 }, { row: 4, severity: 'warning', code: 'far', value: '-12,5', reason: { pl: 'daleko', en: 'far' } }], ['a', 'b', 'c', 'd', 'e', 'f', 'g'], { severity: (c) => c, text: (r) => r.pl ?? '' })
    expect(text).toBe('\ufeffa,b,c,d,e,f,g\r\n3,error,name,"\'=HYPERLINK(""x"")","źle, ""bardzo""",bad,7\r\n4,warning,,"-12,5",daleko,far,\r\n')
  })
})
