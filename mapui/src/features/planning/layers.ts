/** The layers of the planning workspace, what the address says of them, and in which order their places stand. Pure. */
import type { Schemas } from '../../api/client'
import { PROFILES, VERDICTS, type Profile, type Verdict } from '../../state/profiles'
import { gradeStep } from '../../ui/grade'

export type Place = Schemas['Place']

/** Codes of the layers, as the address has them. */
export const LAYERS = ['stan', 'bariery', 'ochrona', 'gminy'] as const
export type Layer = (typeof LAYERS)[number]

/** Protection in force, the strongest first: the order of the zones. */
export const FORMS = [
  'unesco_property', 'monument_of_history', 'register', 'cultural_park', 'local_plan', 'treasure_list', 'unesco_buffer', 'national', 'voivodeship', 'municipal',
] as const
export type Form = (typeof FORMS)[number]

export function layerOf(query: URLSearchParams): Layer {
  const code = query.get('warstwa') as Layer
  return LAYERS.includes(code) ? code : 'stan'
}

const values = (query: URLSearchParams, name: string) => query.getAll(name).flatMap((v) => v.split(',')).filter(Boolean)

export function profileOf(query: URLSearchParams): Profile | null {
  return PROFILES.find((p) => values(query, 'profile').includes(p)) ?? null
}

/** The forms that are shown; none chosen is all. */
export function formsOf(query: URLSearchParams): Form[] {
  const chosen = values(query, 'protection')
  const forms = FORMS.filter((f) => chosen.includes(f))
  return forms.length > 0 ? forms : [...FORMS]
}

/** What of the address this workspace shows and can change. */
const OWN = new Set(['m', 'warstwa', 'wskaznik', 'municipality', 'category', 'lifecycle', 'profile', 'protection'])

/**
 * adapted makes an address one of this workspace, or says null where it is one: only filters that are shown here, only places that exist unless it says
 * otherwise, one profile for barriers, and protection for its layer alone. The map, the counts and the list then are asked the same.
 */
export function adapted(query: URLSearchParams, profile: Profile): Record<string, string | null> | null {
  const layer = layerOf(query)
  const changes: Record<string, string | null> = {}
  for (const name of new Set(query.keys())) if (!OWN.has(name)) changes[name] = null
  if (!query.get('lifecycle')) changes.lifecycle = 'existing'
  if (layer === 'bariery') {
    const one = profileOf(query) ?? profile
    if (query.getAll('profile').join(',') !== one) changes.profile = one
  } else if (query.has('profile')) changes.profile = null
  if (layer === 'ochrona') {
    if (!query.get('protection')) changes.protection = 'any'
  } else if (query.has('protection')) changes.protection = null
  return Object.keys(changes).length > 0 ? changes : null
}

/** Places that need alike, in the order the API can give and the finer one they get where all are at hand. */
export interface Group {
  key: string
  kind: 'grade' | 'never' | 'unassessed' | 'verdict' | 'form'
  /** The grade, verdict or form. */
  code: string
  /** What the group asks beside the filter. */
  query: Record<string, string>
  sort: 'inspected_on' | 'inspection_due' | 'name'
}

const grade = (step: number, codes: string): Group => ({ key: `grade-${step}`, kind: 'grade', code: String(step), query: { grade: codes }, sort: 'inspected_on' })

const BY_CONDITION: readonly Group[] = [
  grade(5, '5,very_bad,destroyed'),
  grade(4, '4,poor'),
  { key: 'never', kind: 'never', code: 'never', query: { freshness: 'never' }, sort: 'inspection_due' },
  { key: 'unassessed', kind: 'unassessed', code: 'not_assessed', query: { grade: 'uncertain,not_assessed' }, sort: 'inspected_on' },
  grade(3, '3,fair'),
  grade(2, '2,good'),
  grade(1, '1'),
]

const NEED_OF_VERDICTS: readonly Verdict[] = ['no', 'unknown', 'with_help', 'yes']

const byVerdict = (profile: Profile): Group[] =>
  NEED_OF_VERDICTS.map((v) => ({ key: `verdict-${v}`, kind: 'verdict', code: v, query: { [`verdict[${profile}]`]: v }, sort: 'name' }))

/** profileOfIndicator is the profile whose verdicts an indicator counts, if it counts any. */
export function profileOfIndicator(code: string): Profile | null {
  const of = /^(?:usable|unknown)_(.+)$/.exec(code)?.[1]
  return PROFILES.find((p) => p === of) ?? null
}

/** groupsOf lists the groups of a layer, those in need first. Comparing municipalities takes the order of what is compared. */
export function groupsOf(layer: Layer, profile: Profile | null, forms: readonly Form[], indicator: string): Group[] {
  switch (layer) {
    case 'bariery':
      return profile ? byVerdict(profile) : []
    case 'ochrona':
      return forms.map((form) => ({ key: `form-${form}`, kind: 'form', code: form, query: { protection: form }, sort: 'inspection_due' }))
    case 'gminy': {
      const of = profileOfIndicator(indicator)
      return of ? byVerdict(of) : [...BY_CONDITION]
    }
    default:
      return [...BY_CONDITION]
  }
}

export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>

/** countOf is how many places a group has, by the counts of the whole filter. */
export function countOf(group: Group, counts: Counts): number {
  const sum = (facet: string, codes: string) => codes.split(',').reduce((n, code) => n + (counts[facet]?.[code] ?? 0), 0)
  for (const [name, codes] of Object.entries(group.query)) return sum(name, codes)
  return 0
}

const needOfStep = [3, 7, 6, 5, 1, 0] as const

/**
 * byNeed compares two places that need alike otherwise: the worse grade first, one without a grade before a fair one; then no fresh inspection before a fresh one,
 * protected before others where nobody ever looked, the greater renewal value, and at last the longer time since the inspection.
 */
export function byNeed(a: Place, b: Place): number {
  const step = (p: Place) => needOfStep[gradeStep(p.condition?.grade)]
  const due = (p: Place) => (p.condition?.freshness === 'fresh' ? 1 : 0)
  const guarded = (p: Place) => (p.condition?.inspected_on || (p.protections ?? []).length === 0 ? 1 : 0)
  const value = (p: Place) => p.infrastructure?.renewal_value_pln ?? 0
  const day = (p: Place) => p.condition?.inspected_on ?? ''
  return step(a) - step(b) || due(a) - due(b) || guarded(a) - guarded(b) || value(b) - value(a) || (day(a) < day(b) ? -1 : day(a) > day(b) ? 1 : a.id - b.id)
}

/** What the counts of a filter say in short. */
export interface Summary {
  total: number
  graded: number
  bad: number
  never: number
  /** Usable alone or with help, by the profile. */
  usable: number
  unknown: number
}

export function summaryOf(total: number, counts: Counts, profile: Profile): Summary {
  const grades = counts.grade ?? {}
  const graded = Object.entries(grades).reduce((n, [code, count]) => n + (gradeStep(code) > 0 ? count : 0), 0)
  const bad = Object.entries(grades).reduce((n, [code, count]) => n + (gradeStep(code) >= 4 ? count : 0), 0)
  const verdicts = counts[`verdict[${profile}]`] ?? {}
  return { total, graded, bad, never: counts.freshness?.never ?? 0, usable: (verdicts.yes ?? 0) + (verdicts.with_help ?? 0), unknown: verdicts.unknown ?? 0 }
}

/** whatIfHref is the question "what if" about places like these: the page takes a municipality, a category and a verdict. */
export function whatIfHref(of: { municipality?: string; category?: string; profile?: Profile | null; verdict?: string }): string {
  const query = new URLSearchParams()
  if (of.municipality) query.set('municipality', of.municipality)
  if (of.category) query.set('category', of.category)
  if (of.profile && VERDICTS.includes(of.verdict as Verdict)) {
    query.set('profile', of.profile)
    query.set('verdict', of.verdict ?? '')
  }
  return '/inwestycje/co-jesli' + (query.size > 0 ? `?${query}` : '')
}
