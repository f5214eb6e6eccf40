import { plural } from '../index'
import type { outbox as polish } from '../pl/outbox'

export const outbox: typeof polish = {
  waiting: (n: number) => plural(n, { one: '# change is waiting for a connection', other: '# changes are waiting for a connection' }, 'en'),
  refused: (n: number) => plural(n, { one: '# change needs your decision', other: '# changes need your decision' }, 'en'),
  title: 'Changes on their way',
  sending: 'Sending…',
  retry: 'Send now',
  discard: 'Throw away',
  discardSure: (name: string) => `Throw away the unsent change “${name}”? This cannot be undone.`,
  keep: 'Keep it',
  open: 'Open and settle',
  savedAt: (when: string) => `saved ${when}`,
  signedOut: 'Your session has ended. Sign in again and the changes will be sent.',
  signIn: 'Sign in',
  fleeting: 'This browser will keep nothing once the page is closed. Leave it open until the changes are sent.',
  sent: 'The waiting changes have been sent.',
  empty: 'Everything is sent.',
  leave: 'Sign out?',
  leaveText: 'When you are signed out, the changes stay in this browser and are sent only once you sign in here again.',
  leaveSure: 'Sign out',
  stay: 'Stay signed in',
  what: { PATCH: 'change', POST: 'new entry', DELETE: 'deletion' },
}
