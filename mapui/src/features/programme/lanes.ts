/** Items of a programme as bars over the years, and what moving one means: a lock in the scenario. Pure. */
export type Lock = 'free' | 'in' | 'out' | 'year'

export interface LockEntry {
  proposal_id: number
  lock: Lock
  lock_year?: number
}

export interface Horizon {
  first: number
  years: number
}

/** What of an item decides where its bar may stand. */
export interface Movable {
  duration: number
  earliest?: number | null
  latest?: number | null
}

export const lastYear = (h: Horizon) => h.first + h.years - 1
export const yearsOf = (h: Horizon): number[] => Array.from({ length: h.years }, (_, i) => h.first + i)

/** windowOf is the first and the last year in which an item may start, within the horizon; null where there is none. What starts has to be done by the end. */
export function windowOf(item: Movable, h: Horizon): { first: number; last: number } | null {
  const first = Math.max(h.first, item.earliest ?? h.first)
  const last = Math.min(lastYear(h) - item.duration + 1, item.latest ?? Infinity)
  return first <= last ? { first, last } : null
}

/** startYears lists the years in which an item may start. */
export function startYears(item: Movable, h: Horizon): number[] {
  const window = windowOf(item, h)
  return window ? yearsOf({ first: window.first, years: window.last - window.first + 1 }) : []
}

/** moved is the start of an item pushed to a year: the nearest one that its window allows, or null where it has none. */
export function moved(item: Movable, to: number, h: Horizon): number | null {
  const window = windowOf(item, h)
  return window ? Math.min(window.last, Math.max(window.first, to)) : null
}

/** yearAt is the year under a point of the lane, which may lie beside it while one drags. */
export function yearAt(x: number, lane: { left: number; width: number }, h: Horizon): number {
  const column = lane.width / h.years
  return h.first + Math.min(h.years - 1, Math.max(0, Math.floor((x - lane.left) / column)))
}

/** lockOf is the lock that holds for a proposal in a scenario: its own, unless the scenario says otherwise. */
export function lockOf(locks: readonly LockEntry[], id: number, own: { lock?: string; lock_year?: number }): { lock: Lock; year: number | null; scenario: boolean } {
  const said = locks.find((l) => l.proposal_id === id)
  const of = said ?? own
  return { lock: ((of.lock || 'free') as Lock), year: of.lock === 'year' ? (of.lock_year ?? null) : null, scenario: Boolean(said) }
}

/** withLock is the list of a scenario's locks with one of them said anew; what the proposal says itself needs no entry. */
export function withLock(locks: readonly LockEntry[], id: number, lock: Lock, year: number | null, own: { lock?: string; lock_year?: number }): LockEntry[] {
  const rest = locks.filter((l) => l.proposal_id !== id)
  const same = (own.lock || 'free') === lock && (lock !== 'year' || own.lock_year === year)
  if (same) return rest
  return [...rest, lock === 'year' && year !== null ? { proposal_id: id, lock, lock_year: year } : { proposal_id: id, lock }]
}

/** choiceOf and lockOfChoice write a lock as the value of a list of choices, and read it: free, in, out or the year. */
export const choiceOf = (of: { lock: Lock; year: number | null }): string => (of.lock === 'year' && of.year !== null ? String(of.year) : of.lock)
export function lockOfChoice(choice: string): { lock: Lock; year: number | null } {
  return /^\d{4}$/.test(choice) ? { lock: 'year', year: Number(choice) } : { lock: choice as Lock, year: null }
}

/** byStart orders bars the way one reads them: earlier first, then where they are, then by name. */
export function byStart<T extends { start: number | null; municipality: string; title: string }>(a: T, b: T): number {
  return (a.start ?? Infinity) - (b.start ?? Infinity) || a.municipality.localeCompare(b.municipality, 'pl') || a.title.localeCompare(b.title, 'pl')
}
