/** The texts of imports. */
import { lang } from '../../i18n'
import type { imports as polish } from '../../i18n/pl/imports'

export const f: typeof polish = lang === 'en' ? (await import('../../i18n/en/imports')).imports : (await import('../../i18n/pl/imports')).imports
