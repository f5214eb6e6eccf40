import { expect, test } from 'vitest'
import { number } from '.'

test('a number without a format of the browser is written as one with it', () => {
  for (const [language, locale] of [['pl', 'pl-PL'], ['en', 'en-GB']] as const) {
    for (const decimals of [0, 1, 2]) {
      const format = new Intl.NumberFormat(locale, { maximumFractionDigits: decimals, useGrouping: true })
      for (const n of [0, 0.004, 0.05, 0.5, 1, 1.2, 9.94, 9.96, 12.345, 66.7, 99.99, 120, 512.25, 998.9, 999, 999.4, 999.96, 1000, 1234.5, 12_345, 1_234_567, -3, -12.5]) expect(number(n, decimals, language), `${n}, ${decimals}, ${language}`).toBe(format.format(n))
    }
  }
})
