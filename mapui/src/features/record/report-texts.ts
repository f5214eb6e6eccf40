/** The texts of reports of a change, in the language of the page. */
import { lang } from '../../i18n'
import type { report } from '../../i18n/pl/report'

export const p: typeof report = lang === 'en' ? (await import('../../i18n/en/report')).report : (await import('../../i18n/pl/report')).report
