/** The question the table asks, read from the address: which parameters narrow the list, what each is called, and how it is taken away. */
import { PROFILES } from '../../state/profiles'

/** Parameters that take several values; in the address they stand with commas or repeated. */
const MANY = new Set(['category', 'municipality', 'protection', 'grade', 'publication', 'visibility', 'lifecycle', ...PROFILES.map((p) => `verdict[${p}]`)])

/** Parameters of a filter of places, in the order their chips stand in. */
export const FILTERS = [
  'q', 'kind', 'category', 'municipality', 'polygon', 'parent', 'protection', 'register_number', 'grade', 'freshness', 'inspected_from', 'inspected_to',
  ...PROFILES.map((p) => `verdict[${p}]` as const), 'open', 'free', 'verified', 'lifecycle', 'publication', 'visibility', 'external_id', 'batch', 'updated_since',
] as const
export type FilterName = (typeof FILTERS)[number]

/** valuesOf reads a parameter that may be repeated or hold commas; one that takes a single value is not taken apart. */
export function valuesOf(query: URLSearchParams, name: string): string[] {
  const all = query.getAll(name).filter(Boolean)
  return MANY.has(name) ? [...new Set(all.flatMap((v) => v.split(',')).filter(Boolean))] : all.slice(0, 1)
}

/** A filter in force, one value of it: what it says, and what the address becomes without it. */
export interface Chip {
  name: FilterName
  value: string
  text: string
  without: Record<string, string[] | null>
}

/** chips lists the filters in force, a chip for each value. */
export function chips(query: URLSearchParams, text: (name: FilterName, value: string) => string): Chip[] {
  return FILTERS.flatMap((name) => {
    const values = valuesOf(query, name)
    return values.map((value): Chip => {
      const rest = values.filter((v) => v !== value)
      return { name, value, text: text(name, value), without: { [name]: rest.length > 0 ? [rest.join(',')] : null } }
    })
  })
}

/** toggled is a parameter of several values with one of them put in or taken out. */
export function toggled(query: URLSearchParams, name: string, value: string, on: boolean): Record<string, string | null> {
  const rest = valuesOf(query, name).filter((v) => v !== value)
  const next = on ? [...rest, value] : rest
  return { [name]: next.length > 0 ? next.join(',') : null }
}

/** filterOf is the filter alone, as the API takes it. */
export function filterOf(query: URLSearchParams): URLSearchParams {
  const out = new URLSearchParams()
  for (const name of FILTERS) {
    const values = valuesOf(query, name)
    if (values.length > 0) out.set(name, values.join(','))
  }
  return out
}

/** A way to sort that the list cannot do without more (relevance needs words to be relevant to) is dropped. */
export function sortOf(query: URLSearchParams): string {
  const sort = query.get('sort') ?? ''
  return /^-?(id|name|updated_at|inspected_on)$/.test(sort) || sort === 'inspection_due' || sort === '-inspection_due' ? sort : ''
}

/** viewQuery is what a saved view keeps: filters, order, columns and whether the map bounds the list, with the camera only then. */
export function viewQuery(query: URLSearchParams, columns: string): string {
  const out = filterOf(query)
  const sort = sortOf(query)
  if (sort) out.set('sort', sort)
  if (query.get('deleted') === 'true') out.set('deleted', 'true')
  if (query.get('area') === 'map') {
    out.set('area', 'map')
    const camera = query.get('m')
    if (camera) out.set('m', camera)
  }
  out.set('columns', columns)
  return out.toString()
}

/** sameView tells whether the address shows what a view keeps; the columns may have been changed since. */
export function sameView(query: URLSearchParams, view: string): boolean {
  const bare = (q: URLSearchParams) => {
    const out = new URLSearchParams(viewQuery(q, ''))
    out.delete('columns')
    out.delete('m')
    out.sort()
    return out.toString()
  }
  return bare(query) === bare(new URLSearchParams(view))
}

/** adapted turns what only the visitors' list understands into the registry's own words: a wish to get in becomes the verdicts that grant it. */
export function adapted(query: URLSearchParams): Record<string, string | null> | null {
  const changes: Record<string, string | null> = {}
  const fit = query.get('fit')
  if (fit) {
    const profiles = query.getAll('profile').flatMap((v) => v.split(',')).filter((p) => (PROFILES as readonly string[]).includes(p))
    const verdicts = { yes: 'yes', help: 'yes,with_help', maybe: 'yes,with_help,unknown' }[fit]
    if (verdicts) for (const p of profiles) changes[`verdict[${p}]`] = verdicts
    if (profiles.length > 0) changes.lifecycle = 'existing'
    changes.fit = null
  }
  for (const name of ['product_kind', 'status']) if (query.has(name)) changes[name] = null
  return Object.keys(changes).length > 0 ? changes : null
}

export const EXPORTS = ['geojson', 'csv', 'xlsx', 'gpkg', 'a11yjson'] as const

/** exportHref is where the filtered list is had as a file. */
export function exportHref(filter: URLSearchParams, format: (typeof EXPORTS)[number], ids: readonly number[] = []): string {
  const query = new URLSearchParams(ids.length > 0 ? [] : filter)
  if (ids.length > 0) query.set('ids', ids.join(','))
  query.set('format', format)
  return `/api/v1/places/export?${query}`
}
