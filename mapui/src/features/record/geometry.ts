/** Where a record is on the map: the point of its sign, and the box that holds all of it. Pure. */
import type { Geometry, Position } from 'geojson'
import type { Box } from '../../map/handle.svelte'

function* positions(geometry: Geometry): Generator<Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const one of geometry.geometries) yield* positions(one)
    return
  }
  const walk = function* (part: unknown): Generator<Position> {
    if (!Array.isArray(part)) return
    if (typeof part[0] === 'number') yield part as Position
    else for (const one of part) yield* walk(one)
  }
  yield* walk(geometry.coordinates)
}

/** boxOf is the box around a geometry; null around nothing. */
export function boxOf(geometry: Geometry | null | undefined): Box | null {
  if (!geometry) return null
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x = 0, y = 0] of positions(geometry)) {
    box[0] = Math.min(box[0], x)
    box[1] = Math.min(box[1], y)
    box[2] = Math.max(box[2], x)
    box[3] = Math.max(box[3], y)
  }
  return box[0] <= box[2] ? box : null
}

/** middleOf is the point that stands for a geometry: itself, the middle vertex of a line, the centroid of the largest ring of an area. */
export function middleOf(geometry: Geometry | null | undefined): [number, number] | null {
  if (!geometry) return null
  switch (geometry.type) {
    case 'Point':
      return geometry.coordinates.length >= 2 ? [geometry.coordinates[0]!, geometry.coordinates[1]!] : null
    case 'Polygon':
    case 'MultiPolygon': {
      const rings = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map((polygon) => polygon[0] ?? [])
      const largest = rings.map(centroid).filter((c) => c !== null).sort((a, b) => b.area - a.area)[0]
      return largest ? largest.at : null
    }
    case 'GeometryCollection':
      return middleOf(geometry.geometries[0])
    default: {
      const all = [...positions(geometry)]
      const middle = all[Math.floor((all.length - 1) / 2)]
      return middle ? [middle[0]!, middle[1]!] : null
    }
  }
}

function centroid(ring: Position[]): { at: [number, number]; area: number } | null {
  const [first] = ring
  if (!first) return null
  let area = 0
  let x = 0
  let y = 0
  // about the first vertex, so that small rings far from 0, 0 keep their digits
  const [ox = 0, oy = 0] = first
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = [ring[i]![0]! - ox, ring[i]![1]! - oy]
    const [bx, by] = [ring[i + 1]![0]! - ox, ring[i + 1]![1]! - oy]
    const cross = ax * by - bx * ay
    area += cross
    x += (ax + bx) * cross
    y += (ay + by) * cross
  }
  if (area === 0) return { at: [ox, oy], area: 0 }
  return { at: [ox + x / (3 * area), oy + y / (3 * area)], area: Math.abs(area) }
}

/** lengthOf is the length of the lines of a geometry in metres, on the sphere. */
export function lengthOf(geometry: Geometry | null | undefined): number {
  if (!geometry) return 0
  switch (geometry.type) {
    case 'LineString':
      return along(geometry.coordinates)
    case 'MultiLineString':
      return geometry.coordinates.reduce((sum, line) => sum + along(line), 0)
    case 'GeometryCollection':
      return geometry.geometries.reduce((sum, one) => sum + lengthOf(one), 0)
    default:
      return 0
  }
}

function along(line: Position[]): number {
  const rad = Math.PI / 180
  let sum = 0
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax = 0, ay = 0] = line[i]!
    const [bx = 0, by = 0] = line[i + 1]!
    const h = Math.sin(((by - ay) * rad) / 2) ** 2 + Math.cos(ay * rad) * Math.cos(by * rad) * Math.sin(((bx - ax) * rad) / 2) ** 2
    sum += 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)))
  }
  return sum
}
