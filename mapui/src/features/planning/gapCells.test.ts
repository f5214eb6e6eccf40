import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, test } from 'vitest'
import { palettes } from '../../map/palette'
import { CELLS, cellLayers, gapClasses, worstCells, type Cells } from './gapCells'

const cell = (id: number, unserved: number | null) => ({ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [19, 50] }, properties: { id, key: `c${id}`, residents: unserved, suppressed: unserved === null, served: unserved === 0, unserved } })
const cells: Cells = { type: 'FeatureCollection', features: [cell(1, 0), cell(2, 40), cell(3, null), cell(4, 700), cell(5, 90)] }

describe('population cells', () => {
  test('classes are of those not served alone', () => {
    expect(gapClasses(cells).map((c) => [c.from, c.to])).toEqual([[40, 40], [90, 90], [700, 700]])
    expect(gapClasses({ type: 'FeatureCollection', features: [cell(1, 0)] })).toEqual([])
  })
  test('the worst come first, served and suppressed ones not at all', () => {
    expect(worstCells(cells, 2).map((c) => c.properties.id)).toEqual([4, 5])
  })
  test.each(['light', 'dark'] as const)('the layers are a style MapLibre takes, %s', (theme) => {
    for (const of of [cells, { type: 'FeatureCollection' as const, features: [] }]) {
      const layers = cellLayers(gapClasses(of), 4, palettes[theme])
      expect(validateStyleMin({ version: 8, sources: { [CELLS]: { type: 'geojson', data: of } }, glyphs: '{fontstack}/{range}', layers })).toEqual([])
    }
  })
})
