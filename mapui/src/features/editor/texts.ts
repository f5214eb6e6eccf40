import { lang } from '../../i18n'
import type { editor as polish } from '../../i18n/pl/editor'

/** The texts of the editor, in the language of the page. */
export const f: typeof polish = lang === 'en' ? (await import('../../i18n/en/editor')).editor : (await import('../../i18n/pl/editor')).editor
