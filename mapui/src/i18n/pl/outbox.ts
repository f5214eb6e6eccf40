import { plural } from '../index'

export const outbox = {
  waiting: (n: number) => plural(n, { one: '# zmiana czeka na połączenie', few: '# zmiany czekają na połączenie', many: '# zmian czeka na połączenie', other: '# zmiany czeka na połączenie' }),
  refused: (n: number) => plural(n, { one: '# zmiana wymaga Twojej decyzji', few: '# zmiany wymagają Twojej decyzji', many: '# zmian wymaga Twojej decyzji', other: '# zmiany wymaga Twojej decyzji' }),
  title: 'Zmiany w drodze',
  sending: 'Wysyłanie…',
  retry: 'Wyślij teraz',
  discard: 'Wyrzuć',
  discardSure: (name: string) => `Wyrzucić niewysłaną zmianę „${name}”? Tego nie da się cofnąć.`,
  keep: 'Zostaw',
  open: 'Otwórz i rozwiąż',
  savedAt: (when: string) => `zapisano ${when}`,
  signedOut: 'Sesja wygasła. Zaloguj się ponownie, a zmiany zostaną wysłane.',
  signIn: 'Zaloguj się',
  fleeting: 'Ta przeglądarka niczego nie zapamięta po zamknięciu strony. Nie zamykaj jej, dopóki zmiany nie zostaną wysłane.',
  sent: 'Zaległe zmiany zostały wysłane.',
  empty: 'Wszystko wysłane.',
  leave: 'Wylogować się?',
  leaveText: 'Po wylogowaniu zmiany zostaną w tej przeglądarce i zostaną wysłane dopiero, gdy znów się w niej zalogujesz.',
  leaveSure: 'Wyloguj się',
  stay: 'Nie wylogowuj',
  what: { PATCH: 'zmiana', POST: 'nowy wpis', DELETE: 'usunięcie' },
}
