/** Lengths on the sphere, and a circle for how exact a position is. */
import type { FeatureCollection, Polygon } from 'geojson'

const EARTH_M = 6_371_008.8
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** metres between two points (haversine, mean radius of the earth). */
export function metres(a: [number, number], b: [number, number]): number {
  const dLat = radians(b[1] - a[1])
  const dLon = radians(b[0] - a[0])
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a[1])) * Math.cos(radians(b[1])) * Math.sin(dLon / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** lengthOf a line in metres. */
export function lengthOf(points: [number, number][]): number {
  return points.slice(1).reduce((sum, p, i) => sum + metres(points[i]!, p), 0)
}

/** measured is the line through the points and a dot on each. */
export function measured(points: [number, number][]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: [
      ...(points.length > 1 ? [{ type: 'Feature' as const, properties: {}, geometry: { type: 'LineString' as const, coordinates: points } }] : []),
      ...points.map((p) => ({ type: 'Feature' as const, properties: {}, geometry: { type: 'Point' as const, coordinates: p } })),
    ],
  }
}

/** around is a circle of a radius in metres. */
export function around(center: [number, number], radius: number): Polygon {
  const dLat = (radius / EARTH_M) * (180 / Math.PI)
  const dLon = dLat / Math.cos(radians(center[1]))
  const ring = Array.from({ length: 49 }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / 48
    return [center[0] + Math.cos(angle) * dLon, center[1] + Math.sin(angle) * dLat]
  })
  return { type: 'Polygon', coordinates: [ring] }
}
