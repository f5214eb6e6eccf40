/** The texts of the queues. */
import { lang } from '../../i18n'
import type { queues as polish } from '../../i18n/pl/queues'

export const f: typeof polish = lang === 'en' ? (await import('../../i18n/en/queues')).queues : (await import('../../i18n/pl/queues')).queues
