/** What lies under the registry: our schematic ground, a PMTiles file of the server's, or an online style that the person chose. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { boot } from '../state/boot'
import { palettes, type Theme } from './palette'
import { SANS, SANS_BOLD } from './style'

/** background puts the chosen ground under the style of the registry. The schematic one is in it already. */
export async function background(registry: StyleSpecification, ground: 'schematic' | 'file' | 'online', theme: Theme): Promise<StyleSpecification> {
  if (ground === 'online' && boot.online) return under(await online(boot.online.url), registry)
  if (ground === 'file' && boot.basemap.kind === 'pmtiles') {
    const { fileStyle } = await import('./pmtiles')
    return under(await fileStyle(boot.basemap, palettes[theme]), registry)
  }
  return registry
}

const kept = new Map<string, Promise<StyleSpecification>>()

/** The online style, read once. It is asked for only after the person chose it. */
function online(url: string): Promise<StyleSpecification> {
  let style = kept.get(url)
  if (!style) {
    style = fetch(url).then(async (answer) => {
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
      const read = (await answer.json()) as StyleSpecification
      // what stands relative to the style's own address
      const absolute = (path: string) => new URL(path, url).href.replaceAll('%7B', '{').replaceAll('%7D', '}')
      if (typeof read.sprite === 'string') read.sprite = absolute(read.sprite)
      if (read.glyphs) read.glyphs = absolute(read.glyphs)
      return read
    })
    style.catch(() => kept.delete(url))
    kept.set(url, style)
  }
  return style
}

const faces = Object.fromEntries(
  [...SANS, ...SANS_BOLD].map((name) => [name, ['latin', 'latin-ext'].map((subset) => ({ url: `${location.origin}/ui/fonts/source-sans-3-${subset}.woff2` }))]),
)

function under(ground: StyleSpecification, registry: StyleSpecification): StyleSpecification {
  const prefix = (id: string) => `ground:${id}`
  const layers = ground.layers.map((layer) => {
    const copy = { ...layer, id: prefix(layer.id) } as LayerSpecification & { source?: string }
    if (copy.source) copy.source = prefix(copy.source)
    return copy as LayerSpecification
  })
  return {
    ...ground,
    version: 8,
    // our labels are drawn from our own fonts whatever server the ground's glyphs come from
    ...(ground.glyphs ? { 'font-faces': faces } : {}),
    sources: { ...Object.fromEntries(Object.entries(ground.sources).map(([id, source]) => [prefix(id), source])), ...registry.sources },
    layers: [...layers, ...registry.layers.filter((l) => l.id !== 'paper')],
  }
}
