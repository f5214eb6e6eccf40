/** How proposals and programmes are written in the language of the page. */
import { inLanguage, lang, money, number } from '../../i18n'
import type { Schemas } from '../../api/client'
import { vocabulary } from '../../state/vocabulary.svelte'
import { f } from './texts'

export type Proposal = Schemas['InvestmentProposal']
export type Fund = Schemas['Fund']
export type Group = Schemas['ExclusionGroup']
export type Scenario = Schemas['Scenario']
export type Suggestion = Schemas['ProposalSuggestion']

/** exact writes złoty to the złoty: in tables sums have to add up. */
const whole = new Intl.NumberFormat(lang === 'en' ? 'en-GB' : 'pl-PL', { style: 'currency', currency: 'PLN', maximumFractionDigits: 0 })
export const exact = (pln: number): string => whole.format(pln)

/** percentOf writes a number that is a percentage already. */
export const percentOf = (n: number, decimals = 1): string => `${number(n, decimals)}${lang === 'en' ? '' : ' '}%`

export const capital = (text: string) => (text ? text[0]!.toLocaleUpperCase() + text.slice(1) : text)
export const kindLabel = (code: string) => capital(vocabulary.label('proposal_kind', code))
export const titleOf = (p: { title?: Schemas['Text']; id?: number }) => inLanguage(p.title) || f.numbered(p.id ?? 0)

/** rangeText writes the span of a cost, or nothing where it has none. */
export function rangeText(cost: { low_pln?: number | null; high_pln?: number | null; likely_pln?: number }): string {
  const { low_pln: low, high_pln: high, likely_pln: likely } = cost
  return low === undefined || low === null || high === undefined || high === null || (low === likely && high === likely) ? '' : `${money(low)} – ${money(high)}`
}

/** windowText says when a proposal may start. */
export function windowText(p: { earliest_year?: number; latest_year?: number }): string {
  if (p.earliest_year && p.latest_year) return p.earliest_year === p.latest_year ? String(p.earliest_year) : `${p.earliest_year}–${p.latest_year}`
  if (p.earliest_year) return f.fromYear(p.earliest_year)
  return p.latest_year ? f.untilYear(p.latest_year) : f.anyYear
}

/** lockText says whether a programme may choose. */
export function lockText(lock: string | undefined, year?: number | null): string {
  return lock === 'year' && year ? f.lockedYear(year) : f.locked[(lock || 'free') as keyof typeof f.locked]
}

export const municipalityOf = (p: { municipality?: { name: string } }) => p.municipality?.name ?? f.outside

/** totalOf is all the money of a fund, or of its years that count. */
export const totalOf = (fund: Fund, from = 0, to = Infinity) => fund.years.filter((y) => y.year >= from && y.year <= to).reduce((sum, y) => sum + (y.pln ?? 0), 0)
