/** Two programmes beside each other: what came, went and moved, and how the money lies between municipalities. Pure. */
export interface Compared {
  proposal: number
  title: string
  municipality: string
  start: number | null
  cost: number
}

export interface Difference {
  added: Compared[]
  dropped: Compared[]
  /** In both, in other years. */
  moved: { item: Compared; from: number; to: number }[]
  kept: number
}

/** difference says what B has that A has not, the dearest first. */
export function difference(a: readonly Compared[], b: readonly Compared[]): Difference {
  const before = new Map(a.filter((i) => i.start !== null).map((i) => [i.proposal, i]))
  const after = new Map(b.filter((i) => i.start !== null).map((i) => [i.proposal, i]))
  const dearest = (x: Compared, y: Compared) => y.cost - x.cost || x.title.localeCompare(y.title, 'pl')
  const out: Difference = { added: [], dropped: [], moved: [], kept: 0 }
  for (const [id, item] of after) {
    const was = before.get(id)
    if (!was) out.added.push(item)
    else if (was.start !== item.start) out.moved.push({ item, from: was.start!, to: item.start! })
    else out.kept += 1
  }
  for (const [id, item] of before) if (!after.has(id)) out.dropped.push(item)
  out.added.sort(dearest)
  out.dropped.sort(dearest)
  out.moved.sort((x, y) => x.to - y.to || dearest(x.item, y.item))
  return out
}

export interface MunicipalityMoney {
  municipality: string
  a: number
  b: number
  itemsA: number
  itemsB: number
}

/** byMunicipality adds up what each municipality gets in either; those that get nothing in both are listed too, when they are named. */
export function byMunicipality(a: readonly Compared[], b: readonly Compared[], names: readonly string[]): MunicipalityMoney[] {
  const rows = new Map<string, MunicipalityMoney>()
  const row = (municipality: string) => {
    let found = rows.get(municipality)
    if (!found) rows.set(municipality, (found = { municipality, a: 0, b: 0, itemsA: 0, itemsB: 0 }))
    return found
  }
  for (const name of names) row(name)
  for (const item of a) {
    if (item.start === null) continue
    row(item.municipality).a += item.cost
    row(item.municipality).itemsA += 1
  }
  for (const item of b) {
    if (item.start === null) continue
    row(item.municipality).b += item.cost
    row(item.municipality).itemsB += 1
  }
  return [...rows.values()].sort((x, y) => x.municipality.localeCompare(y.municipality, 'pl'))
}

/** gini is how unequal values are, from 0 (the same everywhere) to almost 1 (all in one place); of nothing it is 0. */
export function gini(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y)
  const total = sorted.reduce((x, y) => x + y, 0)
  if (!(total > 0)) return 0
  const weighted = sorted.reduce((sum, v, i) => sum + (2 * (i + 1) - sorted.length - 1) * v, 0)
  return weighted / (sorted.length * total)
}

/** theil is Theil's index: 0 the same everywhere, ln n all in one place. */
export function theil(values: readonly number[]): number {
  const mean = values.reduce((x, y) => x + y, 0) / values.length
  if (!(mean > 0)) return 0
  return values.reduce((sum, v) => sum + (v > 0 ? (v / mean) * Math.log(v / mean) : 0), 0) / values.length
}
