import { lang } from '../../i18n'
import type { programme as polish } from '../../i18n/pl/programme'

/** The texts of proposals, scenarios and programmes, in the language of the page. */
export const f: typeof polish = lang === 'en' ? (await import('../../i18n/en/programme')).programme : (await import('../../i18n/pl/programme')).programme
