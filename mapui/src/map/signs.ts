/** What the map draws on points: pins, rings of clusters and badges, painted when MapLibre first asks for one by its name. */
import type { Palette } from './palette'

export interface Sign {
  width: number
  height: number
  data: Uint8ClampedArray
}

export type Icons = Record<string, [side: number, path: string]>

/** The names of signs: kind, then its parts, parted by "|". Style expressions compose them; paint takes them apart. */
export const SIGN = { pin: 'pin', cluster: 'cluster', pattern: 'pattern' } as const

/** How many parts a cluster's ring is cut into. */
export const SHARES = 12

/** Signs are painted twice as large, for sharp screens. */
export const RATIO = 2

export interface Paint {
  palette: Palette
  icons: Icons
  /** The icon of a category. */
  iconOf: (category: string) => string
}

/** paint draws the sign of a name, or null for a name that is none of ours. */
export function paint(name: string, with_: Paint): Sign | null {
  const [kind, ...parts] = name.split('|')
  switch (kind) {
    case SIGN.pin:
      return pin(with_, parts[0] ?? '', parts[1] ?? '', parts[2] ?? '')
    case SIGN.cluster:
      return cluster(with_, parts[0] ?? '', Number(parts[1]), parts.slice(2).map(Number))
    case SIGN.pattern:
      return hatch(with_.palette)
    default:
      return null
  }
}

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas')
  element.width = width * RATIO
  element.height = height * RATIO
  const context = element.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('the browser gives no canvas')
  context.scale(RATIO, RATIO)
  context.lineJoin = context.lineCap = 'round'
  return context
}

function sign(context: CanvasRenderingContext2D): Sign {
  const { width, height } = context.canvas
  return { width, height, data: context.getImageData(0, 0, width, height).data }
}

const PIN = { width: 36, height: 40, radius: 13 }

/** A drop of the facet's hue with the icon of the category; a verdict or grade stands beside it as a badge with a shape of its own. */
function pin(with_: Paint, facet: string, category: string, badge: string): Sign {
  const { palette, icons, iconOf } = with_
  const context = canvas(PIN.width, PIN.height)
  const x = PIN.width / 2
  const y = 4 + PIN.radius
  const tip = PIN.height - 2
  const drop = new Path2D()
  drop.moveTo(x, tip)
  drop.bezierCurveTo(x - 4, tip - 6, x - PIN.radius, y + 8, x - PIN.radius, y)
  drop.arc(x, y, PIN.radius, Math.PI, 0)
  drop.bezierCurveTo(x + PIN.radius, y + 8, x + 4, tip - 6, x, tip)
  drop.closePath()
  context.lineWidth = 3
  context.strokeStyle = palette.card
  context.stroke(drop)
  context.fillStyle = facet === 'infrastructure' ? palette.infrastructure : facet === 'product' ? palette.product : palette.heritage
  context.fill(drop)
  if (facet === 'both') {
    // the right half is that of the other facet
    context.save()
    context.beginPath()
    context.rect(x, 0, PIN.width, PIN.height)
    context.clip()
    context.fillStyle = palette.infrastructure
    context.fill(drop)
    context.restore()
  }
  const icon = icons[iconOf(category)] ?? icons.marker
  if (icon) {
    const [side, path] = icon
    const size = 15
    context.save()
    context.translate(x - size / 2, y - size / 2)
    context.scale(size / side, size / side)
    context.fillStyle = palette.card
    context.fill(new Path2D(path))
    context.restore()
  }
  if (badge) badgeAt(context, palette, badge, x + 10, 9)
  return sign(context)
}

/** What stands behind a grade that was given longer ago than an inspection is good for. */
export const STALE = '~'

const gradeOf: Record<string, 1 | 2 | 3 | 4 | 5> = { '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, good: 2, fair: 3, poor: 4, very_bad: 5, destroyed: 5 }

/** The shapes are those of the interface's verdict signs: disc with a tick, half disc, square with a bar, dotted ring with a question mark; a grade is its figure, in a full disc while
 * the inspection is fresh and in a dashed ring when it is stale. */
function badgeAt(context: CanvasRenderingContext2D, palette: Palette, told: string, x: number, y: number) {
  const stale = told.endsWith(STALE)
  const badge = stale ? told.slice(0, -STALE.length) : told
  const r = 7
  const disc = new Path2D()
  disc.arc(x, y, r, 0, 2 * Math.PI)
  context.lineWidth = 3
  context.strokeStyle = palette.card
  context.fillStyle = palette.card
  if (badge === 'no') {
    context.strokeRect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1)
    context.fillStyle = palette.no
    context.fillRect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1)
    line(context, palette.card, 2, [[x - 3.5, y], [x + 3.5, y]])
    return
  }
  context.stroke(disc)
  context.fill(disc)
  if (badge === 'yes') {
    context.fillStyle = palette.yes
    context.fill(disc)
    line(context, palette.card, 2, [[x - 3.2, y + 0.3], [x - 0.8, y + 2.8], [x + 3.4, y - 2.4]])
  } else if (badge === 'with_help') {
    context.fillStyle = palette.with_help
    context.beginPath()
    context.arc(x, y, r - 1, Math.PI / 2, (3 * Math.PI) / 2)
    context.fill()
    context.lineWidth = 1.6
    context.strokeStyle = palette.with_help
    context.beginPath()
    context.arc(x, y, r - 1, 0, 2 * Math.PI)
    context.stroke()
  } else if (gradeOf[badge] && !stale) {
    context.fillStyle = palette[`grade${gradeOf[badge]}`]
    context.fill(disc)
    letter(context, palette.card, String(gradeOf[badge]), x, y)
  } else {
    const colour = gradeOf[badge] ? palette[`grade${gradeOf[badge]}`] : palette.unknown
    context.lineWidth = 1.4
    context.setLineDash([1.6, 2])
    context.strokeStyle = colour
    context.beginPath()
    context.arc(x, y, r - 0.8, 0, 2 * Math.PI)
    context.stroke()
    context.setLineDash([])
    letter(context, colour, gradeOf[badge] ? String(gradeOf[badge]) : '?', x, y)
  }
}

function letter(context: CanvasRenderingContext2D, colour: string, text: string, x: number, y: number) {
  context.fillStyle = colour
  context.font = '700 10px "Source Sans 3", sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(text, x, y + 0.6)
}

function line(context: CanvasRenderingContext2D, colour: string, width: number, points: [number, number][]) {
  context.strokeStyle = colour
  context.lineWidth = width
  context.beginPath()
  points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
  context.stroke()
}

/** What the parts of a cluster's ring are, by mode; the rest of the ring is the last. */
export const RINGS = {
  facet: ['heritage', 'both', 'infrastructure'],
  verdict: ['yes', 'with_help', 'no', 'unknown'],
  product: ['product'],
  /** Where shares would say nothing of what the pins tell. */
  plain: ['muted'],
} as const satisfies Record<string, readonly (keyof Palette | 'both')[]>

/** A disc of paper in a ring divided by shares; the count is text over it. Parts of a verdict ring differ in width as well as in colour. */
function cluster(with_: Paint, mode: string, radius: number, shares: number[]): Sign {
  const { palette } = with_
  const size = 2 * radius + 6
  const middle = size / 2
  const context = canvas(size, size)
  context.fillStyle = palette.card
  context.beginPath()
  context.arc(middle, middle, radius + 1, 0, 2 * Math.PI)
  context.fill()
  const parts = RINGS[mode as keyof typeof RINGS] ?? RINGS.facet
  const known = shares.slice(0, parts.length - 1)
  const all = [...known, Math.max(0, SHARES - known.reduce((sum, s) => sum + s, 0))]
  let from = -Math.PI / 2
  const total = all.reduce((sum, s) => sum + s, 0) || 1
  parts.forEach((part, i) => {
    const share = all[i] ?? 0
    if (share <= 0) return
    const to = from + (share / total) * 2 * Math.PI
    const arc = (colour: string, width: number, offset: number, dash: number[] = []) => {
      context.setLineDash(dash)
      context.lineCap = 'butt'
      context.strokeStyle = colour
      context.lineWidth = width
      context.beginPath()
      context.arc(middle, middle, radius + offset, from, to)
      context.stroke()
      context.setLineDash([])
    }
    if (part === 'both') {
      arc(palette.heritage, 2, 1)
      arc(palette.infrastructure, 2, -1)
    } else if (part === 'unknown') arc(palette.unknown, 2, 0, [2, 2])
    else if (part === 'with_help') arc(palette.with_help, 2.5, 0)
    else arc(palette[part], part === 'no' ? 5 : 4, 0)
    from = to
  })
  return sign(context)
}

/** Hatching for areas of which nothing is known. */
function hatch(palette: Palette): Sign {
  const context = canvas(8, 8)
  context.globalAlpha = 0.5
  line(context, palette.unknown, 1, [[-1, 9], [9, -1]])
  line(context, palette.unknown, 1, [[-1, 1], [1, -1]])
  line(context, palette.unknown, 1, [[7, 9], [9, 7]])
  return sign(context)
}
