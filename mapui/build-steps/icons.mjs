// Gathers the icons that the vocabulary of categories names, from Maki and (where Maki has none) Temaki, both CC0, as the side of their square box and
// a path: {"church": [15, "M7.5…"]}. A category whose icon neither has would get no icon on the map; the build fails instead.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const lines = readFileSync('../models/vocabulary/categories.csv', 'utf8').trim().split('\n')
const column = lines[0].split(',').indexOf('icon')
const wanted = new Set(['marker'])
for (const line of lines.slice(1)) {
  const cells = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g).map((cell) => cell.replace(/,$/, '').replace(/^"|"$/g, ''))
  if (cells[column]) wanted.add(cells[column])
}
const icons = {}
for (const name of [...wanted].sort()) {
  const file = [`node_modules/@mapbox/maki/icons/${name}.svg`, `node_modules/@rapideditor/temaki/icons/${name}.svg`].find(existsSync)
  if (!file) throw new Error(`neither Maki nor Temaki has the icon ${name}`)
  const svg = readFileSync(file, 'utf8')
  const paths = [...svg.matchAll(/<path[^>]*\bd="([^"]+)"/g)].map((found) => found[1].replace(/&#x[0-9A-F]+;|\s+/gi, ' '))
  for (const [, x, y, r] of svg.matchAll(/<circle[^>]*\bcx="([\d.]+)"[^>]*\bcy="([\d.]+)"[^>]*\br="([\d.]+)"/g)) {
    paths.push(`M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`)
  }
  for (const [, x, y, w, h] of svg.matchAll(/<rect[^>]*\bx="([\d.]+)"[^>]*\by="([\d.]+)"[^>]*\bwidth="([\d.]+)"[^>]*\bheight="([\d.]+)"/g)) paths.push(`M${x} ${y}h${w}v${h}h-${w}z`)
  if (paths.length === 0) throw new Error(`${file} has no path`)
  const side = svg.match(/viewBox="0 0 ([\d.]+)/)?.[1] ?? svg.match(/width="([\d.]+)/)?.[1]
  icons[name] = [Number(side), paths.join('')]
}
writeFileSync('src/map/icons.json', JSON.stringify(icons))
