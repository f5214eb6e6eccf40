import type { Geometry } from 'geojson'
import { expect, it } from 'vitest'
import { boxOf } from '../record/geometry'
import { areaOf, readShape, shaped, verticesOf, writeShape, type Shape } from './shapes'

const shapes: Geometry[] = [
  { type: 'Point', coordinates: [19.9, 50.06] },
  { type: 'LineString', coordinates: [[19.9, 50.06], [19.91, 50.07]] },
  { type: 'Polygon', coordinates: [[[19, 50], [19.1, 50], [19.1, 50.1], [19, 50]]] },
  { type: 'Polygon', coordinates: [[[19, 50], [20, 50], [20, 51], [19, 50]], [[19.5, 50.1], [19.6, 50.1], [19.6, 50.2], [19.5, 50.1]]] },
  { type: 'MultiPoint', coordinates: [[19, 50], [20, 51]] },
  { type: 'MultiLineString', coordinates: [[[19, 50], [20, 51]], [[19, 51], [20, 52]]] },
  { type: 'MultiPolygon', coordinates: [[[[19, 50], [19.1, 50], [19.1, 50.1], [19, 50]]]] },
  { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [19, 50] }, { type: 'LineString', coordinates: [[19, 50], [20, 51]] }] },
]

it.each(shapes.flatMap((s) => (['lines', 'wkt', 'geojson'] as const).map((form) => [s.type, form, s] as const)))('a %s written as %s is read back', (_, form, shape) => {
  expect(readShape(writeShape(shape, form), shape.type as Shape)).toEqual({ geometry: shape })
})

it('what other programs write is read', () => {
  expect(readShape('MULTIPOINT((19 50),(20 51))', 'Point')).toEqual({ geometry: shapes[4] })
  expect(readShape('SRID=4326;POINT (19.9 50.06)', 'Point')).toEqual({ geometry: shapes[0] })
  expect(readShape('{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[19.9,50.06]}}', 'Point')).toEqual({ geometry: shapes[0] })
  expect(readShape('50 19\n50 19.1\n50.1 19.1\n50 19', 'Polygon')).toEqual({ geometry: shapes[2] })
})

it.each([
  ['', 'empty'], ['50 19\nx', 'position'], ['50 19', 'few'], ['POLYGON((19 50, 20', 'wkt'], ['POINT(19 50) x', 'wkt'], ['POLYGON(19 50, 20 50)', 'wkt'], ['{"type":"Point"}', 'geojson'], ['{', 'geojson'], ['{"type":"Polygon","coordinates":[[19,50]]}', 'geojson'],
])('what is none is refused: %s', (text, problem) => expect(readShape(text, 'LineString')).toMatchObject({ problem }))

it('shapes are made of vertices and told by them', () => {
  expect(shaped('Polygon', [[19, 50], [19.1, 50]])).toBeNull()
  expect(shaped('Polygon', verticesOf(shapes[2]!)!)).toEqual(shapes[2])
  expect(verticesOf(shapes[3]!)).toBeNull()
  expect(boxOf(shapes[3]!)).toEqual([19, 50, 20, 51])
  // a degree of longitude and latitude at 50° north: 71.7 km by 111.2 km at the lower edge
  expect(areaOf([[19, 50], [20, 50], [20, 51], [19, 51]]) / 1e9).toBeCloseTo(7.865, 1)
})
