/** The texts of gaps and of the forecast. */
import { lang } from '../../i18n'
import type { gaps as polish } from '../../i18n/pl/gaps'

export const g: typeof polish = lang === 'en' ? (await import('../../i18n/en/gaps')).gaps : (await import('../../i18n/pl/gaps')).gaps
