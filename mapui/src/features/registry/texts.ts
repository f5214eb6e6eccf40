/** The texts of the registry's table. */
import { lang } from '../../i18n'
import type { registry as polish } from '../../i18n/pl/registry'

export const f: typeof polish = lang === 'en' ? (await import('../../i18n/en/registry')).registry : (await import('../../i18n/pl/registry')).registry
