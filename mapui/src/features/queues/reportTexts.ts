/** The texts of the reports of visitors. */
import { lang } from '../../i18n'
import type { reports as polish } from '../../i18n/pl/reports'

export const r: typeof polish = lang === 'en' ? (await import('../../i18n/en/reports')).reports : (await import('../../i18n/pl/reports')).reports
