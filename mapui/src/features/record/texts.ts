/** The texts of the pages of records, in the language of the page. */
import { lang } from '../../i18n'
import type { record } from '../../i18n/pl/record'

export const r: typeof record = lang === 'en' ? (await import('../../i18n/en/record')).record : (await import('../../i18n/pl/record')).record
