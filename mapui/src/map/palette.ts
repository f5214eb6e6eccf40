/** What the map is painted with, by theme. The colours are those of tokens.css, where the interface has them (palette.test.ts compares the two). */
export type Theme = 'light' | 'dark'

const light = {
  ground: '#f7f3ea',
  card: '#fffdf8',
  ink: '#211f1b',
  muted: '#5c564b',
  line: '#cfc5b2',
  heritage: '#97391f',
  infrastructure: '#1c6650',
  product: '#3b4899',
  yes: '#17706b',
  with_help: '#8a6410',
  no: '#86263a',
  unknown: '#6a655b',
  grade1: '#17706b',
  grade2: '#38745a',
  grade3: '#8a6410',
  grade4: '#a84e1c',
  grade5: '#86263a',
  water: '#c3d6dd',
  waterLabel: '#3f6271',
  green: '#dfe6d0',
  greenLabel: '#4d6236',
  road: '#e6dcc8',
  roadCasing: '#d3c6ab',
  outline: '#a2957c',
  /* of the municipality pointed at or chosen */
  wash: '#211f1b',
  /* shades of one hue for comparing municipalities, from little to much; legible under ink text */
  scale: ['#f3ead8', '#e8d6b3', '#dcc08c', '#cfa867', '#bf8f48'],
}

export type Palette = typeof light

const dark: Palette = {
  ground: '#16191b',
  card: '#1f2426',
  ink: '#ece7db',
  muted: '#a9a294',
  line: '#343a3c',
  heritage: '#e08a6c',
  infrastructure: '#6cc3a3',
  product: '#9da9f0',
  yes: '#58c7bf',
  with_help: '#e3b95b',
  no: '#ee8a9c',
  unknown: '#9a958a',
  grade1: '#58c7bf',
  grade2: '#86c79f',
  grade3: '#e3b95b',
  grade4: '#f09a62',
  grade5: '#ee8a9c',
  water: '#22343b',
  waterLabel: '#8fb3c2',
  green: '#222c24',
  greenLabel: '#93ad8f',
  road: '#2e2c27',
  roadCasing: '#3a372f',
  outline: '#5b6365',
  wash: '#ece7db',
  scale: ['#25211a', '#352d1f', '#463a24', '#584729', '#6a552d'],
}

export const palettes: Record<Theme, Palette> = { light, dark }
