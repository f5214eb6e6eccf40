import { describe, expect, it } from 'vitest'
import type { Geometry } from 'geojson'
import { boxOf, lengthOf, middleOf } from './geometry'

const square = (x: number, y: number, side: number) => [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]

describe('where a record is', () => {
  it('is the point itself, the middle of a line, the centroid of the largest area', () => {
    expect(middleOf({ type: 'Point', coordinates: [19.9, 50.1] })).toEqual([19.9, 50.1])
    expect(middleOf({ type: 'LineString', coordinates: [[0, 0], [1, 1], [2, 0]] })).toEqual([1, 1])
    const [x, y] = middleOf({ type: 'MultiPolygon', coordinates: [square(0, 0, 1), square(10, 10, 4)] })!
    expect(x).toBeCloseTo(12, 9)
    expect(y).toBeCloseTo(12, 9)
  })
  it('is a vertex of an area without extent, and nowhere without positions', () => {
    expect(middleOf({ type: 'Polygon', coordinates: [[[5, 6], [5, 6], [5, 6], [5, 6]]] })).toEqual([5, 6])
    for (const nothing of [null, undefined, { type: 'MultiPoint', coordinates: [] }, { type: 'GeometryCollection', geometries: [] }, { type: 'MultiPolygon', coordinates: [] }] as (Geometry | null)[]) {
      expect(middleOf(nothing)).toBeNull()
      expect(boxOf(nothing)).toBeNull()
    }
  })
  it('has a box around all of it', () => {
    expect(boxOf({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [3, -1] }, { type: 'Polygon', coordinates: square(0, 0, 2) }] })).toEqual([0, -1, 3, 2])
  })
})

describe('the length of a way', () => {
  it('is that on the sphere, in metres', () => {
    // a degree of latitude
    expect(lengthOf({ type: 'LineString', coordinates: [[20, 50], [20, 51]] })).toBeCloseTo(111_195, -1)
    expect(lengthOf({ type: 'MultiLineString', coordinates: [[[20, 50], [20, 50.5]], [[21, 50], [21, 50.5]]] })).toBeCloseTo(111_195, -1)
  })
  it('is nothing for what is no line', () => expect(lengthOf({ type: 'Polygon', coordinates: square(0, 0, 1) })).toBe(0))
})
