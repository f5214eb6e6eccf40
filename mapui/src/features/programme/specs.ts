/** The fields of proposals, funds, groups and scenarios, with their JSON pointers into what the API takes. */
import { namingOf, type Spec } from '../editor/specs'
import { f } from './texts'

const F = f.field
const U = f.unit

export const proposalSpecs = {
  what: [
    { pointer: '/title/pl', label: F.titlePl, kind: 'text', required: true, lang: 'pl', wide: true },
    { pointer: '/title/en', label: F.titleEn, kind: 'text', lang: 'en', wide: true },
    { pointer: '/description/pl', label: F.descriptionPl, kind: 'long', lang: 'pl', wide: true },
    { pointer: '/description/en', label: F.descriptionEn, kind: 'long', lang: 'en', wide: true, more: true },
    { pointer: '/status', label: F.status, kind: 'code', list: 'investment_status', required: true, help: f.help.status },
    { pointer: '/readiness', label: F.readiness, kind: 'code', list: 'readiness', required: true },
  ],
  facility: [
    { pointer: '/effects/category', label: F.category, kind: 'category', facet: 'infrastructure', required: true },
    { pointer: '/effects/area_m2', label: F.area, kind: 'number', unit: U.m2, help: f.help.area },
  ],
  price: [
    { pointer: '/cost/price_year', label: F.priceYear, kind: 'number', required: true, help: f.help.priceYear },
    { pointer: '/cost/vat_included', label: F.vat, kind: 'yesno', required: true },
    { pointer: '/cost/note', label: F.costNote, kind: 'text', wide: true },
    { pointer: '/running_cost_pln', label: F.running, kind: 'number', unit: U.plnYear, help: f.help.running, wide: true },
  ],
  window: [
    { pointer: '/earliest_year', label: F.earliest, kind: 'number', help: f.help.window },
    { pointer: '/latest_year', label: F.latest, kind: 'number' },
  ],
  lock: [{ pointer: '/lock', label: F.lock, kind: 'code', list: 'proposal_lock', required: true, help: f.help.lock }],
  lockYear: [{ pointer: '/lock_year', label: F.lockYear, kind: 'number', required: true }],
  effect: [{ pointer: '/effects/grade_after', label: F.gradeAfter, kind: 'code', list: 'asset_grade' }],
  support: [{ pointer: '/support_votes', label: F.votes, kind: 'number' }],
} satisfies Record<string, Spec[]>

/** What is asked for by fields of its own rather than by a list of them. */
const extra: Spec[] = [
  { pointer: '/kind', label: F.kind, kind: 'code', list: 'proposal_kind' },
  { pointer: '/cost/likely_pln', label: F.likely, kind: 'number', unit: U.pln },
  { pointer: '/cost/low_pln', label: F.low, kind: 'number', unit: U.pln },
  { pointer: '/cost/high_pln', label: F.high, kind: 'number', unit: U.pln },
  { pointer: '/cost/basis', label: F.basis, kind: 'code', list: 'cost_basis' },
  { pointer: '/duration_years', label: F.duration, kind: 'number', unit: U.years },
]
const whole: Record<string, string> = {
  '/place_id': F.place, '/geometry': F.geometry, '/spend_profile': F.profile, '/funds': F.funds, '/prerequisites': F.prerequisites, '/effects/standards': F.standards, '/effects/fixes': F.fixes, '/effects/facts': F.facts,
  '/cost': F.cost, '/effects': F.effects, '/suggestion': F.suggestion, '/method': F.method, '/title': F.titlePl, '/description': F.descriptionPl,
}
const proposalFields = [...Object.values(proposalSpecs).flat(), ...extra]
export const proposalNaming = namingOf(proposalFields, whole)

/** proposalColumn names a column of a proposal's history. */
export function proposalColumn(column: string): { label: string; spec: Spec | undefined } {
  const renamed: Record<string, string> = { geom: '/geometry', cost_likely_pln: '/cost/likely_pln', cost_low_pln: '/cost/low_pln', cost_high_pln: '/cost/high_pln', price_year: '/cost/price_year', vat_included: '/cost/vat_included', cost_basis: '/cost/basis', cost_note: '/cost/note' }
  const pointer = renamed[column] ?? (/_(?:pl|en)$/.test(column) && column !== 'running_cost_pln' ? `/${column.slice(0, -3)}/${column.slice(-2)}` : `/${column}`)
  const label = proposalNaming.label(pointer)
  return { label: column === 'deleted_at' ? F.deleted : label === pointer ? column : label, spec: proposalNaming.spec(pointer) }
}

export const fundSpecs: Spec[] = [
  { pointer: '/name/pl', label: F.namePl, kind: 'text', required: true, lang: 'pl', wide: true },
  { pointer: '/name/en', label: F.nameEn, kind: 'text', lang: 'en', wide: true },
  { pointer: '/source', label: F.source, kind: 'text', wide: true, help: f.help.fundSource },
]
export const fundNaming = namingOf(fundSpecs, { '/municipality_id': F.fundOwner, '/years': F.budget, '/carry_limit_pln': F.carry })

export const groupSpecs: Spec[] = [
  { pointer: '/title/pl', label: F.namePl, kind: 'text', required: true, lang: 'pl', wide: true },
  { pointer: '/title/en', label: F.nameEn, kind: 'text', lang: 'en', wide: true },
]
export const groupNaming = namingOf(groupSpecs, { '/proposals': F.groupProposals })

export const scenarioSpecs = {
  head: [
    { pointer: '/title/pl', label: F.namePl, kind: 'text', required: true, lang: 'pl', wide: true },
    { pointer: '/title/en', label: F.nameEn, kind: 'text', lang: 'en', wide: true },
    { pointer: '/note/pl', label: F.notePl, kind: 'long', lang: 'pl', wide: true, more: true },
    { pointer: '/note/en', label: F.noteEn, kind: 'long', lang: 'en', wide: true, more: true },
    { pointer: '/first_year', label: F.firstYear, kind: 'number', required: true },
    { pointer: '/years', label: F.years, kind: 'number', unit: U.years, required: true },
  ],
} satisfies Record<string, Spec[]>
const scenarioMore: Record<string, string> = {
  '/weights': F.weights, '/weights/coverage': f.criterion.coverage, '/weights/condition': f.criterion.condition, '/weights/accessibility': f.criterion.accessibility, '/weights/heritage': f.criterion.heritage,
  '/weights/support': f.criterion.support, '/weights/readiness': f.criterion.readiness, '/spending_floors': F.spendingFloors, '/coverage_floors': F.coverageFloors, '/locks': F.locks, '/municipalities': F.municipalities, '/funds': F.funds,
  '/drafts': F.drafts, '/seed': F.seed, '/discount_percent': F.discount, '/beta': F.beta, '/cost_level': F.costLevel, '/escalation_percent': F.escalation, '/fairness': F.fairness, '/method': F.method,
}
export const scenarioNaming = namingOf(scenarioSpecs.head, scenarioMore)
