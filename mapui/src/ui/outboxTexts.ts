import { lang } from '../i18n'
import type { outbox as polish } from '../i18n/pl/outbox'

/** The texts of what waits to be sent. */
export const o: typeof polish = lang === 'en' ? (await import('../i18n/en/outbox')).outbox : (await import('../i18n/pl/outbox')).outbox
