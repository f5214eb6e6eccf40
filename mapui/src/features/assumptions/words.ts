/** How limits and assumed numbers are written in the language of the page. */
import { number } from '../../i18n'
import { percentOf } from '../programme/words'
import { a } from './texts'

/** areaText writes the least area a rule asks for. */
export const areaText = (m2: number | undefined | null): string => (m2 ? a.standards.areaOf(number(m2 / 10_000, 2)) : a.standards.any)

/** valueText writes an assumed number in its unit. */
export function valueText(value: number, unit: string): string {
  if (unit === 'percent') return percentOf(value, 2)
  if (unit === 'years') return a.rest.years(value)
  if (unit === 'factor') return `× ${number(value, 3)}`
  return number(value, 3)
}
