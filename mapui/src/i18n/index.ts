/**
 * The texts of the interface. A namespace is a module in each language, pl/explore.ts and en/explore.ts, of the same shape: TypeScript refuses one
 * that lacks a message, and messages.test.ts one that nothing uses. Only the language in use is loaded; the base (what the first view says) with
 * the program, the rest with the feature that says it.
 */
import type { common } from './pl/common'
import type { explore } from './pl/explore'
import type { map } from './pl/map'
import type { shell } from './pl/shell'

export type Language = 'pl' | 'en'

export const lang: Language = typeof document !== 'undefined' && document.documentElement.lang === 'en' ? 'en' : 'pl'

interface Base {
  shell: typeof shell
  common: typeof common
  map: typeof map
  explore: typeof explore
}

/** The base namespaces: t.explore.title. Filled by loadBase before anything is shown. */
export const t = {} as Base

export async function loadBase(language: Language = lang): Promise<void> {
  const base = language === 'en' ? await import('./en') : await import('./pl')
  Object.assign(t, base)
}

const rules = new Intl.PluralRules(lang)

/** plural chooses the form that goes with n: 1 miejsce, 2 miejsca, 5 miejsc. `#` in it becomes the number as the language writes it. */
export function plural(n: number, forms: { one: string; few?: string; many?: string; other: string }, language: Language = lang): string {
  const which = (language === lang ? rules : new Intl.PluralRules(language)).select(n)
  return ((which in forms ? forms[which as keyof typeof forms] : undefined) ?? forms.other).replace('#', number(n, 0, language))
}

const locale = (language: Language) => (language === 'en' ? 'en-GB' : 'pl-PL')
const formats = new Map<string, Intl.NumberFormat>()

/** number writes a number as the language does, with at most so many decimals. */
export function number(n: number, decimals = 1, language: Language = lang): string {
  const rounded = Math.round(n * 10 ** decimals) / 10 ** decimals
  // the first format of a page costs a tenth of a second, and what is small has no groups of digits
  if (decimals <= 2 && rounded >= 0 && rounded < 1000) return language === 'en' ? String(rounded) : String(rounded).replace('.', ',')
  const key = language + decimals
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale(language), { maximumFractionDigits: decimals, useGrouping: true })))
  return format.format(n)
}

/** percent writes 0.25 as 25 %. */
export function percent(share: number): string {
  return new Intl.NumberFormat(locale(lang), { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

/** money writes złoty, large sums in thousands and millions. */
export function money(pln: number): string {
  return new Intl.NumberFormat(locale(lang), { style: 'currency', currency: 'PLN', notation: Math.abs(pln) >= 100_000 ? 'compact' : 'standard', maximumFractionDigits: Math.abs(pln) >= 100_000 ? 1 : 0 }).format(pln)
}

/** today is the day it is, as 2026-07-31: where the browser is, or in a zone. */
export const today = (zone?: string) => new Date().toLocaleDateString('sv', zone ? { timeZone: zone } : undefined)

/** date writes 2026-07-31 as 31 lipca 2026, and a moment as its day. */
export function date(text: string | null | undefined, style: 'long' | 'short' = 'long'): string {
  if (!text) return ''
  const day = text.length === 10 ? new Date(text + 'T12:00:00') : new Date(text)
  if (Number.isNaN(day.getTime())) return text
  return new Intl.DateTimeFormat(locale(lang), style === 'long' ? { day: 'numeric', month: 'long', year: 'numeric' } : { day: 'numeric', month: 'numeric', year: 'numeric' }).format(day)
}

/** moment writes a point of time with its hour. */
export function moment(text: string): string {
  return new Intl.DateTimeFormat(locale(lang), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(text))
}

/** distance writes metres: 120 m, 1,4 km. */
export function distance(metres: number): string {
  return metres < 950 ? `${number(Math.round(metres / 10) * 10, 0)} m` : `${number(metres / 1000, metres < 9_950 ? 1 : 0)} km`
}

/** reach writes the distance a rule sets, to the metre: 425 m, 1,25 km. */
export function reach(metres: number): string {
  return metres < 1000 ? `${number(metres, 0)} m` : `${number(metres / 1000, 3)} km`
}

/** weekday writes the name of the day of a date. */
export function weekday(text: string): string {
  return new Intl.DateTimeFormat(locale(lang), { weekday: 'long' }).format(new Date(text + 'T12:00:00'))
}

/** text is a name or label in the language of the page, or else in the other. */
export function inLanguage(text: { pl?: string; en?: string } | undefined | null): string {
  if (!text) return ''
  return (lang === 'en' ? text.en || text.pl : text.pl || text.en) ?? ''
}
