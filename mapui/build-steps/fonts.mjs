// Copies the faces of the two type families (SIL Open Font Licence 1.1) to where both the map and the text pages load them from, under names that stay.
import { copyFileSync, mkdirSync } from 'node:fs'

mkdirSync('public/fonts', { recursive: true })
for (const family of ['source-sans-3', 'source-serif-4']) {
  for (const subset of ['latin', 'latin-ext']) {
    copyFileSync(`node_modules/@fontsource-variable/${family}/files/${family}-${subset}-wght-normal.woff2`, `public/fonts/${family}-${subset}.woff2`)
  }
  copyFileSync(`node_modules/@fontsource-variable/${family}/LICENSE`, `public/fonts/${family}-LICENSE.txt`)
}
