/** Classes of a comparison of municipalities: which values look alike, what the legend says of each, and in which order the table stands. Pure. */

/** Values from one number to another, both met by some municipality. */
export interface Class {
  from: number
  to: number
  count: number
  /** Its shade among the five of the palette, 0 the lightest. */
  shade: number
}

const SHADES = 5

/**
 * classesOf cuts values into at most five classes by quantiles: about as many municipalities in each, equal values always together, no class empty, and its
 * ends values that are there. Fewer classes than shades are spread over all of these, so that the highest is as dark as it can be; a single one is in the middle.
 */
export function classesOf(values: readonly number[]): Class[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const distinct = [...new Set(sorted)]
  const bins: Class[] = []
  let last = -1
  for (const value of distinct) {
    const count = sorted.filter((v) => v === value).length
    const bin = distinct.length <= SHADES ? bins.length : Math.floor((sorted.indexOf(value) * SHADES) / sorted.length)
    const open = bins.at(-1)
    if (open && bin === last) {
      open.to = value
      open.count += count
    } else bins.push({ from: value, to: value, count, shade: 0 })
    last = bin
  }
  return bins.map((b, i) => ({ ...b, shade: bins.length === 1 ? 2 : Math.round((i * (SHADES - 1)) / (bins.length - 1)) }))
}

/** classOf is the class of a value, or null for none. */
export function classOf(classes: readonly Class[], value: number | null | undefined): Class | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null
  return classes.find((c) => value <= c.to) ?? null
}

/** rangeText writes a class: one value, or from and to; the unit is written once where both ends have it at the end. */
export function rangeText(c: Pick<Class, 'from' | 'to'>, write: (value: number) => string): string {
  const from = write(c.from)
  const to = write(c.to)
  if (from === to) return to
  const unit = /[\s\u00a0]?%$/.exec(to)?.[0]
  return `${unit && from.endsWith(unit) ? from.slice(0, -unit.length) : from}–${to}`
}

export type Better = 'more' | 'less' | null
export type Order = 'need' | '-need' | 'name' | '-name'

export interface Compared {
  name: string
  teryt: string
  value: number | null
}

/** compared puts municipalities in order: by need the worst first, where no value is the better of two the greatest; without a value always last. */
export function compared<T extends Compared>(rows: readonly T[], order: Order, better: Better, language: string): T[] {
  const names = new Intl.Collator(language)
  const turned = order.startsWith('-') ? -1 : 1
  return [...rows].sort((a, b) => {
    if (order.endsWith('name')) return turned * names.compare(a.name, b.name)
    if (a.value === null || b.value === null) return a.value === b.value ? names.compare(a.name, b.name) : a.value === null ? 1 : -1
    const worse = better === 'more' ? a.value - b.value : b.value - a.value
    return turned * worse || names.compare(a.name, b.name)
  })
}

/** barShare is how long the bar of a value is, from 0 to 1: of the greatest value, of a grade on its scale of 1 to 5, of a share out of 100. */
export function barShare(value: number | null, unit: string, greatest: number): number {
  if (value === null) return 0
  const share = unit === 'grade' ? (value - 1) / 4 : unit === '%' ? value / 100 : greatest > 0 ? value / greatest : 0
  return Math.min(1, Math.max(0, share))
}
