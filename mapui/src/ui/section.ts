/** The texts of the links between the pages of a workspace. */
import { lang } from '../i18n'
import type { section as polish } from '../i18n/pl/section'

export const s: typeof polish = lang === 'en' ? (await import('../i18n/en/section')).section : (await import('../i18n/pl/section')).section
