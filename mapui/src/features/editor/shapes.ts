/** Geometries as text and in words: a vertex a line, WKT, GeoJSON. */
import type { Geometry, Position } from 'geojson'
import { distance, number } from '../../i18n'
import type { JsonObject } from '../../api/merge'
import { lengthOf } from '../../map/measure'
import { readPosition, writePosition } from '../../map/coordinates'
import { f } from './texts'

export type Form = 'lines' | 'wkt' | 'geojson'
export type Shape = 'Point' | 'LineString' | 'Polygon'

export type ReadShape = { geometry: Geometry } | { problem: 'empty' | 'wkt' | 'geojson' | 'few' } | { problem: 'position'; line: number }

/** The fewest vertices of a shape, a closing one not counted. */
export const fewest: Record<Shape, number> = { Point: 1, LineString: 2, Polygon: 3 }

/** verticesOf are the vertices of a simple shape, the closing one of a ring left out; null for what has several parts or holes. */
export function verticesOf(geometry: Geometry | null): [number, number][] | null {
  const pair = (p: Position): [number, number] => [p[0] ?? 0, p[1] ?? 0]
  if (!geometry) return []
  if (geometry.type === 'Point') return [pair(geometry.coordinates)]
  if (geometry.type === 'LineString') return geometry.coordinates.map(pair)
  if (geometry.type === 'Polygon' && geometry.coordinates.length === 1) return geometry.coordinates[0]!.slice(0, -1).map(pair)
  return null
}

/** shaped makes a geometry of vertices; null where there are too few. */
export function shaped(shape: Shape, vertices: [number, number][]): Geometry | null {
  const first = vertices[0]
  if (!first || vertices.length < fewest[shape]) return null
  if (shape === 'Point') return { type: 'Point', coordinates: first }
  if (shape === 'LineString') return { type: 'LineString', coordinates: vertices }
  return { type: 'Polygon', coordinates: [[...vertices, first]] }
}

/** everyVertex lists all positions of a geometry, whatever its type. */
export function everyVertex(geometry: Geometry): [number, number][] {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.flatMap(everyVertex)
  const out: [number, number][] = []
  const walk = (c: unknown) => {
    if (!Array.isArray(c)) return
    if (typeof c[0] === 'number') out.push([c[0], Number(c[1])])
    else for (const one of c) walk(one)
  }
  walk(geometry.coordinates)
  return out
}

/** areaOf a ring in square metres, on the sphere. */
export function areaOf(ring: [number, number][]): number {
  const radians = Math.PI / 180
  let sum = 0
  ring.forEach(([lon1, lat1], i) => {
    const [lon2, lat2] = ring[(i + 1) % ring.length]!
    sum += (lon2 - lon1) * radians * (2 + Math.sin(lat1 * radians) + Math.sin(lat2 * radians))
  })
  return Math.abs((sum * 6_371_008.8 ** 2) / 2)
}

/** shapeOf says in words what a geometry is. */
export function shapeOf(value: JsonObject | Geometry): { text: string; vertices: number } {
  const geometry = value as unknown as Geometry
  const vertices = everyVertex(geometry).length
  if (geometry.type === 'Point') return { text: `${f.geometry.point}, ${writePosition(everyVertex(geometry)[0] ?? [0, 0])}`, vertices }
  const simple = verticesOf(geometry)
  const kind = geometry.type.endsWith('LineString') ? f.geometry.line : geometry.type.endsWith('Polygon') ? f.geometry.polygon : geometry.type === 'MultiPoint' ? f.geometry.point : f.geometry.multi
  let text = f.geometry.is(simple ? kind : `${kind} (${f.geometry.multi})`, simple?.length ?? vertices)
  if (simple && geometry.type === 'LineString') text += ', ' + f.geometry.length(distance(lengthOf(simple)))
  if (simple && geometry.type === 'Polygon') text += ', ' + f.geometry.area(areaText(areaOf(simple)))
  return { text, vertices }
}

const areaText = (m2: number) => (m2 < 10_000 ? `${number(m2, 0)} m²` : m2 < 1_000_000 ? `${number(m2 / 10_000, 2)} ha` : `${number(m2 / 1_000_000, 2)} km²`)

const rounded = (n: number) => Number(n.toFixed(7))

/** writeShape writes a geometry; one that lines cannot hold becomes WKT. */
export function writeShape(geometry: Geometry | null, form: Form): string {
  if (!geometry) return ''
  if (form === 'geojson') return JSON.stringify(geometry, (_, value: unknown) => (typeof value === 'number' ? rounded(value) : value))
  const lines = form === 'lines' ? verticesOf(geometry) : null
  return lines ? lines.map(writePosition).join('\n') : wkt(geometry)
}

function wkt(geometry: Geometry): string {
  const name = geometry.type.toUpperCase()
  if (geometry.type === 'GeometryCollection') return `${name}(${geometry.geometries.map(wkt).join(', ')})`
  const write = (c: unknown): string => {
    const list = c as unknown[]
    return typeof list[0] === 'number' ? (list as number[]).map(rounded).join(' ') : list.map((one) => (Array.isArray(one) && typeof one[0] === 'number' ? write(one) : `(${write(one)})`)).join(', ')
  }
  return `${name}(${write(geometry.coordinates)})`
}

/** readShape reads a geometry out of text: GeoJSON, WKT, or a position in each line, taken for the shape asked for. */
export function readShape(text: string, shape: Shape): ReadShape {
  const t = text.trim()
  if (!t) return { problem: 'empty' }
  if (t.startsWith('{')) return readGeoJSON(t)
  if (/^(?:SRID=4326;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b/i.test(t) || /^GEOMETRYCOLLECTION/i.test(t)) return readWKT(t)
  const vertices: [number, number][] = []
  const lines = t.split('\n')
  for (const [i, line] of lines.entries()) {
    if (!line.trim()) continue
    const read = readPosition(line)
    if (!read) return { problem: 'position', line: i + 1 }
    vertices.push(read.position)
  }
  const first = vertices[0]
  const last = vertices.at(-1)
  if (shape === 'Polygon' && vertices.length > 3 && first && last && first[0] === last[0] && first[1] === last[1]) vertices.pop()
  const geometry = shaped(shape === 'Point' && vertices.length > 1 ? 'LineString' : shape, vertices)
  return geometry ? { geometry } : { problem: 'few' }
}

const depths: Record<string, number> = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }

function readGeoJSON(text: string): ReadShape {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'geojson' }
  }
  let one = value as { type?: string; geometry?: unknown; features?: { geometry?: unknown }[] }
  if (one.type === 'FeatureCollection' && one.features?.length === 1) one = one.features[0] as typeof one
  if (one.geometry) one = one.geometry as typeof one
  return valid(one) ? { geometry: one as unknown as Geometry } : { problem: 'geojson' }
}

function valid(value: unknown): boolean {
  const g = value as { type?: string; coordinates?: unknown; geometries?: unknown[] }
  if (g?.type === 'GeometryCollection') return Array.isArray(g.geometries) && g.geometries.length > 0 && g.geometries.every(valid)
  const depth = depths[g?.type ?? '']
  const nested = (c: unknown, d: number): boolean =>
    Array.isArray(c) && c.length > 0 && (d === 0 ? c.length >= 2 && c.every((n) => typeof n === 'number' && Number.isFinite(n)) : c.every((one) => nested(one, d - 1)))
  return depth !== undefined && nested(g.coordinates, depth)
}

function readWKT(text: string): ReadShape {
  const tokens = text.replace(/^SRID=4326;/i, '').match(/[A-Za-z]+|[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[(),]/g) ?? []
  let i = 0
  const take = (token: string) => tokens[i] === token && ++i > 0
  const position = (): number[] | null => {
    const out: number[] = []
    while (i < tokens.length && /^[-+\d]/.test(tokens[i]!)) out.push(Number(tokens[i++]))
    return out.length >= 2 ? out.slice(0, 2) : null
  }
  const nested = (depth: number): unknown[] | null => {
    if (!take('(')) return depth === 1 ? null : null
    const out: unknown[] = []
    do {
      const one = depth > 1 ? nested(depth - 1) : tokens[i] === '(' ? (take('('), closing(position())) : position()
      if (!one) return null
      out.push(one)
    } while (take(','))
    return take(')') ? out : null
  }
  const closing = (one: number[] | null) => (take(')') ? one : null)
  const geometry = (): Geometry | null => {
    const name = Object.keys({ ...depths, GeometryCollection: 0 }).find((n) => n.toUpperCase() === tokens[i]?.toUpperCase())
    if (!name) return null
    i += 1
    if (name === 'GeometryCollection') {
      if (!take('(')) return null
      const geometries: Geometry[] = []
      do {
        const one = geometry()
        if (!one) return null
        geometries.push(one)
      } while (take(','))
      return take(')') ? { type: 'GeometryCollection', geometries } : null
    }
    const depth = depths[name]!
    const coordinates = nested(Math.max(1, depth))
    if (!coordinates) return null
    return { type: name, coordinates: depth === 0 ? coordinates[0] : coordinates } as Geometry
  }
  const read = geometry()
  return read && i === tokens.length && valid(read) ? { geometry: read } : { problem: 'wkt' }
}
