/** Who owns a click: the topmost layer under the pointer that answers one, in the order of CLICKABLE, with a little tolerance for thumbs. */
import type { Map as LibreMap, MapGeoJSONFeature } from 'maplibre-gl'
import { CLICKABLE, SOURCE } from './style'
import type { Picked } from './handle.svelte'

export type Hit =
  | { type: 'record'; record: Picked; facet: string; category: string; badge: string }
  | { type: 'several'; records: Extract<Hit, { type: 'record' }>[]; position: [number, number] }
  | { type: 'cluster'; layer: 'places' | 'products'; position: [number, number] }
  | { type: 'municipality'; record: Picked }

/** Filling a whole municipality answers only while one looks at all of them. */
const AREA_ZOOM = 10.5

export function hitAt(map: LibreMap, point: { x: number; y: number }, tolerance = 3): Hit | null {
  const layers = CLICKABLE.filter((id) => map.getLayer(id))
  const box: [[number, number], [number, number]] = [
    [point.x - tolerance, point.y - tolerance],
    [point.x + tolerance, point.y + tolerance],
  ]
  // what is marked without being a record lets the click through to what lies under it
  const found = map.queryRenderedFeatures(box, { layers }).filter((f) => f.source !== SOURCE.selected || f.properties.id !== undefined)
  const order = (f: MapGeoJSONFeature) => CLICKABLE.indexOf(f.layer.id as (typeof CLICKABLE)[number])
  found.sort((a, b) => order(a) - order(b))
  const top = found.find((f) => f.layer.id !== 'municipality-area' || map.getZoom() < AREA_ZOOM)
  if (!top) return null
  if (top.properties.count !== undefined && top.layer.id.endsWith('-cluster')) {
    return { type: 'cluster', layer: top.sourceLayer === 'products' ? 'products' : 'places', position: pointOf(top) }
  }
  if (top.sourceLayer === 'municipalities') {
    const position = map.unproject([point.x, point.y])
    return { type: 'municipality', record: { kind: 'municipality', id: Number(top.id), name: String(top.properties.name), code: String(top.properties.teryt), position: [position.lng, position.lat] } }
  }
  const records = new Map<string, Extract<Hit, { type: 'record' }>>()
  for (const f of found) {
    if (f.layer.id !== top.layer.id && !(f.layer.id.endsWith('-pin') && top.layer.id.endsWith('-pin'))) continue
    const hit = recordOf(map, f, point)
    if (hit) records.set(hit.record.kind + hit.record.id, hit)
  }
  const hits = [...records.values()]
  if (hits.length === 0) return null
  const first = hits[0]!
  const together = hits.filter((h) => Math.abs(h.record.position[0] - first.record.position[0]) < 1e-6 && Math.abs(h.record.position[1] - first.record.position[1]) < 1e-6)
  if (together.length > 1 && top.layer.id.endsWith('-pin')) return { type: 'several', records: together, position: first.record.position }
  return first
}

function recordOf(map: LibreMap, f: MapGeoJSONFeature, point: { x: number; y: number }): Extract<Hit, { type: 'record' }> | null {
  const p = f.properties
  const text = (name: string) => (typeof p[name] === 'string' ? p[name] : '')
  const own = f.source !== SOURCE.registry
  const kind = own ? (text('kind') === 'product' ? 'product' : 'place') : f.sourceLayer === 'products' ? 'product' : 'place'
  const id = own ? Number(p.id) : Number(f.id)
  if (!Number.isFinite(id) || id < 1) return null
  const at = map.unproject([point.x, point.y])
  const position: [number, number] = f.geometry.type === 'Point' ? pointOf(f) : [at.lng, at.lat]
  return { type: 'record', record: { kind, id, name: text('name'), position }, facet: kind === 'product' ? 'product' : text('facet'), category: text('category'), badge: (text('verdict') || text('badge')).replace('not_judged', '') }
}

function pointOf(f: MapGeoJSONFeature): [number, number] {
  if (f.geometry.type !== 'Point') return [0, 0]
  return [f.geometry.coordinates[0] ?? 0, f.geometry.coordinates[1] ?? 0]
}
