/** What the page of proposals asks, read from the address. Pure. */

/** The parts of the page. */
export const PARTS = ['propozycje', 'podpowiedzi', 'finansowanie', 'grupy', 'glosy'] as const
export type Part = (typeof PARTS)[number]

export const FILTERS = ['q', 'kind', 'status', 'readiness', 'lock', 'municipality', 'category', 'fund', 'group', 'place', 'year'] as const
export type FilterName = (typeof FILTERS)[number]

export function partOf(query: URLSearchParams): Part {
  const code = query.get('czesc') as Part
  return PARTS.includes(code) ? code : 'propozycje'
}

/** filterOf is the filter as the API takes it; a number that is none is left out, since the API would refuse the whole question for it. */
export function filterOf(query: URLSearchParams): URLSearchParams {
  const out = new URLSearchParams()
  for (const name of FILTERS) {
    const value = query.get(name)?.trim()
    if (!value || (['fund', 'group', 'place', 'year'].includes(name) && !/^[1-9]\d{0,15}$/.test(value))) continue
    if (name === 'year' && (Number(value) < 2000 || Number(value) > 2200)) continue
    out.set(name, value)
  }
  return out
}

export const SORTS = ['title', 'cost', '-cost', '-updated'] as const
export const sortOf = (query: URLSearchParams): string => (SORTS as readonly string[]).find((s) => s === query.get('sort')) ?? ''
