import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { palettes } from './palette'

const tokens = readFileSync(new URL('../tokens.css', import.meta.url), 'utf8')

/** The light and dark value of a custom property. */
function token(name: string): [string, string] {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(tokens)
  if (!found) throw new Error(`tokens.css has no --${name}`)
  return [found[1]!, found[2]!]
}

test('the map is painted in the colours of the interface', () => {
  const same = { ground: 'ground', card: 'card', ink: 'ink', muted: 'muted', line: 'line', heritage: 'heritage', infrastructure: 'infrastructure', product: 'product', unknown: 'unknown', grade1: 'grade-1', grade2: 'grade-2', grade3: 'grade-3', grade4: 'grade-4', grade5: 'grade-5', yes: 'grade-1', with_help: 'grade-3', no: 'grade-5' } as const
  for (const [mine, theirs] of Object.entries(same)) {
    const [light, dark] = token(theirs)
    expect([mine, palettes.light[mine as keyof typeof same], palettes.dark[mine as keyof typeof same]]).toEqual([mine, light, dark])
  }
})

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(colour.slice(i, i + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m) as [number, number]
  return (x + 0.05) / (y + 0.05)
}

test.each(['light', 'dark'] as const)('%s: text is legible and signs stand out', (theme) => {
  const p = palettes[theme]
  for (const ground of [p.ground, p.card]) {
    for (const text of [p.ink, p.muted, p.heritage, p.infrastructure, p.product, p.unknown]) expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    for (const sign of [p.grade1, p.grade2, p.grade3, p.grade4, p.grade5]) expect(contrast(sign, ground), `${sign} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  }
  for (const label of [p.waterLabel, p.greenLabel]) expect(contrast(label, p.ground), label).toBeGreaterThanOrEqual(4.5)
  for (const shade of p.scale) expect(contrast(p.ink, shade), `ink on ${shade}`).toBeGreaterThanOrEqual(4.5)
})
