/** How limits are written in the language of the page. */
import { number } from '../../i18n'
import { a } from './texts'

/** areaText writes the least area a rule asks for. */
export const areaText = (m2: number | undefined | null): string => (m2 ? a.standards.areaOf(number(m2 / 10_000, 2)) : a.standards.any)
