/** Records that share one point, spread around it on legs, so that each can be pointed at. */
import type { Feature, FeatureCollection } from 'geojson'

export interface Leg {
  id: number
  kind: 'place' | 'product'
  name: string
  facet: string
  category: string
  badge: string
}

/** offsets gives where in pixels each of n stands around the point: a circle for few, a spiral for many. */
export function offsets(n: number): [number, number][] {
  if (n <= 8) {
    const radius = 38 + 5 * n
    return Array.from({ length: n }, (_, i) => {
      const angle = (2 * Math.PI * i) / n - Math.PI / 2
      return [Math.cos(angle) * radius, Math.sin(angle) * radius]
    })
  }
  let angle = 0
  let radius = 44
  return Array.from({ length: n }, () => {
    const at: [number, number] = [Math.cos(angle) * radius, Math.sin(angle) * radius]
    angle += 40 / radius
    radius += (2 * Math.PI * 6) / angle > 9 ? 4 : 7
    return at
  })
}

/** spider places the records around a point of the screen; unproject gives back the position on the earth. */
export function spider(records: Leg[], center: { x: number; y: number }, unproject: (x: number, y: number) => [number, number]): FeatureCollection {
  const from = unproject(center.x, center.y)
  const features: Feature[] = []
  offsets(records.length).forEach(([dx, dy], i) => {
    const to = unproject(center.x + dx, center.y + dy)
    features.push(
      { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [from, to] } },
      { type: 'Feature', properties: { ...records[i] }, geometry: { type: 'Point', coordinates: to } },
    )
  })
  return { type: 'FeatureCollection', features }
}
