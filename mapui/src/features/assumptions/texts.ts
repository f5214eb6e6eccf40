import { lang } from '../../i18n'
import type { assumptions as polish } from '../../i18n/pl/assumptions'

/** The texts of planning assumptions, in the language of the page. */
export const a: typeof polish = lang === 'en' ? (await import('../../i18n/en/assumptions')).assumptions : (await import('../../i18n/pl/assumptions')).assumptions
