import { expect, it } from 'vitest'
import { palettes } from '../../map/palette'
import { classesOf } from './classes'
import { FORMS } from './layers'
import { choroplethLayers, HATCHES, zoneLayers } from './overlays'

const rows = [
  { name: 'Kraków', teryt: '1261011', value: 10 },
  { name: 'Skawina', teryt: '1206114', value: 30 },
  { name: 'Zielonki', teryt: '1206172', value: null },
]
const write = (v: number) => `${v}%`

it('shades a municipality by its class, hatches one without a value, and writes the number too', () => {
  const classes = classesOf([10, 30])
  for (const palette of Object.values(palettes)) {
    const layers = choroplethLayers(rows, classes, ['1206114'], write, palette)
    const json = layers.map((l) => JSON.stringify(l))
    expect(layers.map((l) => l.id)).toEqual(['planning-class', 'planning-no-data', 'planning-edge', 'planning-value'])
    expect(json[0]).toContain(JSON.stringify(['match', ['get', 'teryt'], '1261011', palette.scale[0], '1206114', palette.scale[4], palette.unknown]))
    expect(json[0]).not.toContain('1206172')
    expect(json[1]).toContain('"fill-pattern":"pattern"')
    expect(json[2]).toContain(JSON.stringify(['match', ['get', 'teryt'], '1206114', palette.ink, palette.card]))
    expect(json[3]).toContain(JSON.stringify(['match', ['get', 'teryt'], '1261011', '10%', '1206114', '30%', '']))
  }
})

it('makes no match without a branch where nothing has a value', () => {
  const layers = choroplethLayers([rows[2]!], [], [], write, palettes.light)
  expect(JSON.stringify(layers)).not.toContain('"match"')
})

it('tells the forms of protection apart by pattern alone', () => {
  const drawn = FORMS.map((form) => JSON.stringify([HATCHES[form].angles, HATCHES[form].gap, HATCHES[form].dots ?? false]))
  expect(new Set(drawn).size).toBe(FORMS.length)
  expect(new Set(FORMS.flatMap((form) => zoneLayers(form, palettes.dark).map((l) => l.id))).size).toBe(2 * FORMS.length)
})
