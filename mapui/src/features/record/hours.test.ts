import { describe, expect, it } from 'vitest'
import { clockOf, dayOf, spanText } from './hours'

describe('a span of opening hours', () => {
  it.each([
    [{ from: '08:00', to: '16:00' }, '08:00–16:00'],
    [{ from: '22:00', to: '02:00' }, '22:00–02:00'],
    [{ from: '00:00', to: '24:00' }, 'cała doba'],
    [{ from: '18:00', to: '24:00', open_end: true }, '18:00–24:00+'],
    [{ from: '10:00', to: '12:00', comment: 'po umówieniu' }, '10:00–12:00 (po umówieniu)'],
  ])('%o is written as people do', (span, want) => expect(spanText(span, 'cała doba')).toBe(want))
})

it('reads the local day and time of a moment as they are written, wherever the browser is', () => {
  expect([dayOf('2026-11-27T18:00:00+01:00'), clockOf('2026-11-27T18:00:00+01:00')]).toEqual(['2026-11-27', '18:00'])
})
