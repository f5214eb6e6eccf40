/** The texts of the planning workspace. */
import { lang } from '../../i18n'
import type { planning as polish } from '../../i18n/pl/planning'

export const f: typeof polish = lang === 'en' ? (await import('../../i18n/en/planning')).planning : (await import('../../i18n/pl/planning')).planning
