/** The legend: what the signs on the map mean, from the same constants and painter as the signs themselves. */
import { t } from '../i18n'
import type { Palette } from './palette'
import { paint, RATIO, RINGS, SHARES, SIGN, STALE, type Icons } from './signs'
import { ringOf, type Mode } from './style'

export interface LegendEntry {
  label: string
  /** A painted sign, by name, or a plain line or area in a colour of the palette. */
  sign?: string
  line?: { colour: keyof Palette; width: number; dashed?: boolean }
  area?: keyof Palette
}

/** legend lists what can be on the map in a mode. */
export function legend(mode: Mode, show: { places: boolean; products: boolean }, schematic: boolean): LegendEntry[] {
  const out: LegendEntry[] = []
  const pin = (facet: string, badge = '') => `${SIGN.pin}|${facet}||${badge}`
  if (show.places) {
    for (const facet of ['heritage', 'infrastructure', 'both'] as const) out.push({ label: t.map[facet], sign: pin(facet) })
    if (mode === 'verdict') {
      for (const verdict of RINGS.verdict) out.push({ label: t.common.verdict[verdict], sign: pin('heritage', verdict) })
    } else if (mode === 'grade') {
      for (const grade of ['1', '2', '3', '4', '5', 'none'] as const) out.push({ label: t.map.grade[grade], sign: pin('infrastructure', grade) })
      out.push({ label: t.map.stale, sign: pin('infrastructure', '3' + STALE) })
    }
    const ring = ringOf(mode)
    const parts = RINGS[ring].length
    out.push({ label: ring === 'plain' ? t.map.clusterPlain : t.map.cluster, sign: [SIGN.cluster, ring, 14, ...RINGS[ring].slice(1).map(() => Math.round(SHARES / parts))].join('|') })
  }
  if (show.products) {
    out.push({ label: t.map.product, sign: pin('product') }, { label: t.map.productLine, line: { colour: 'product', width: 3 } })
    // beside verdicts their rings are those of places
    if (mode !== 'verdict') out.push({ label: t.map.clusterProducts, sign: [SIGN.cluster, 'product', 14].join('|') })
  }
  out.push({ label: t.map.municipality, line: { colour: 'outline', width: 1.5, dashed: true } })
  if (schematic) {
    out.push({ label: t.map.river, line: { colour: 'water', width: 5 } }, { label: t.map.forest, area: 'green' }, { label: t.map.road, line: { colour: 'roadCasing', width: 3 } })
  }
  return out
}

/** draw paints an entry's sign onto a canvas of the page. */
export function draw(canvas: HTMLCanvasElement, name: string, palette: Palette, icons: Icons): void {
  const sign = paint(name, { palette, icons, iconOf: () => 'marker' })
  if (!sign) return
  canvas.width = sign.width
  canvas.height = sign.height
  canvas.style.width = `${sign.width / RATIO}px`
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(sign.data), sign.width, sign.height), 0, 0)
}
