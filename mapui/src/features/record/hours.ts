/** The week of opening hours as the server reads it (place.opening). Pure. */
import type { Schemas } from '../../api/client'

export type Span = Schemas['OpeningSpan']
export type Opening = Schemas['Opening']

/** spanText writes a span: 08:00–16:00, with + where the end is open. A whole day has a word of its own. */
export function spanText(span: Span, wholeDay: string): string {
  const hours = span.from === '00:00' && span.to === '24:00' && !span.open_end ? wholeDay : `${span.from}–${span.to}${span.open_end ? '+' : ''}`
  return span.comment ? `${hours} (${span.comment})` : hours
}

/** dayOf is the local day of a moment with its zone, such as 2026-11-27T18:00:00+01:00. */
export const dayOf = (moment: string) => moment.slice(0, 10)

/** clockOf is the local time of a moment with its zone. */
export const clockOf = (moment: string) => moment.slice(11, 16)
