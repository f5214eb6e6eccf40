/** What the queues ask the server, and how their places stand on the map: pure parts. */
import type { Marked } from '../../map/handle.svelte'
import { boxOf } from '../record/geometry'

export type Queue = 'inspect' | 'fix' | 'survey'

export const KINDS = ['import_warning', 'duplicate', 'same_position', 'outside_municipality', 'missing_name_en'] as const

/** The queue an address names, of those one may open; the first of them otherwise. */
export function queueOf(query: URLSearchParams, open: Queue[]): Queue {
  const named = query.get('queue') as Queue | null
  return named && open.includes(named) ? named : (open[0] ?? 'inspect')
}

/** questionOf is what a queue asks, with the parameters of the address that it understands. `near` is the middle of the map. */
export function questionOf(queue: Queue, query: URLSearchParams, near: [number, number] | null): Record<string, string> {
  const out: Record<string, string> = {}
  const pass = (name: string, to = name) => {
    const values = query.getAll(name).filter(Boolean)
    if (values.length > 0) out[to] = values.join(',')
  }
  pass('category')
  pass('municipality')
  if (queue === 'survey') {
    pass('profile')
    return out
  }
  pass('q')
  if (queue === 'fix') {
    const kinds = query.getAll('issue').flatMap((v) => v.split(',')).filter((k) => (KINDS as readonly string[]).includes(k))
    if (kinds.length > 0) out.kind = kinds.join(',')
    if (query.get('dismissed') === 'true') out.dismissed = 'true'
    return out
  }
  out.freshness = 'due'
  out.lifecycle = 'existing'
  if (query.get('sort') === 'distance' && near) {
    out.sort = 'distance'
    out.near = near.map((v) => v.toFixed(5)).join(',')
  } else out.sort = 'inspection_due'
  return out
}

/** boxAround is the least box around positions; null around none. */
export const boxAround = (all: [number, number][]) => boxOf({ type: 'MultiPoint', coordinates: all })

/** A place of a queue as the map marks it. */
export interface Spot {
  id: number
  name: string
  position: [number, number] | null
  facet: 'heritage' | 'infrastructure'
  category: string
}

/** marksOf draws the places of a queue with their numbers in the list, and the one pointed at as a pin with its name. `colour` is that of the rings. A place that stands in the list twice has its first number. */
export function marksOf(spots: Spot[], active: number | null, colour: string): Marked[] {
  const seen = new Set<number>()
  const stops: Marked[] = []
  const pins: Marked[] = []
  spots.forEach((spot, i) => {
    if (!spot.position || seen.has(spot.id)) return
    seen.add(spot.id)
    const geometry = { type: 'Point' as const, coordinates: spot.position }
    if (spot.id === active) pins.push({ type: 'Feature', geometry, properties: { id: spot.id, name: spot.name, facet: spot.facet, category: spot.category } })
    else stops.push({ type: 'Feature', geometry, properties: { id: spot.id, name: spot.name, stop: true, number: String(i + 1), colour } })
  })
  return [...stops, ...pins]
}

/** yearsSince are the whole years between two days. */
export function yearsSince(day: string, today: string): number {
  const [y = 0, m = 0, d = 0] = day.slice(0, 10).split('-').map(Number)
  const [ty = 0, tm = 0, td = 0] = today.slice(0, 10).split('-').map(Number)
  return Math.max(0, ty - y - (tm < m || (tm === m && td < d) ? 1 : 0))
}

/** A row of two records side by side. */
export interface Compared<Name extends string> {
  name: Name
  one: string
  other: string
  differs: boolean
}

/** compare sets two records beside each other, row by row. Rows that are empty in both are left out; letters' case and spaces at the ends make no difference. */
export function compare<T, Name extends string>(one: T, other: T, rows: readonly (readonly [Name, (of: T) => string])[]): Compared<Name>[] {
  const plain = (text: string) => text.trim().replace(/\s+/g, ' ').toLocaleLowerCase()
  return rows
    .map(([name, of]) => ({ name, one: of(one).trim(), other: of(other).trim() }))
    .filter((row) => row.one || row.other)
    .map((row) => ({ ...row, differs: plain(row.one) !== plain(row.other) }))
}
