/**
 * Records as JSON: what changed between two, the merge patch that says so (RFC 7396), and the three-way merge of two people's changes. Objects are
 * compared member by member, lists and geometries as wholes.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [name: string]: Json | undefined
}

/** A difference at a JSON pointer; undefined is absent. */
export interface Change {
  pointer: string
  before: Json | undefined
  after: Json | undefined
}

/** Where both changed the same thing, to different ends. */
export interface Conflict {
  pointer: string
  base: Json | undefined
  mine: Json | undefined
  theirs: Json | undefined
}

/** Members that are wholes though they are objects: half of one geometry and half of another is none. */
const WHOLE = new Set(['geometry', 'value'])

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** same compares by value; an absent member and an undefined one are the same. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => same(a[name], b[name]))
}

/** tidy drops what says nothing: empty texts, nulls, and objects without members. It is how the server writes records. */
export function tidy(value: JsonObject): JsonObject {
  const out: JsonObject = {}
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined || one === null || one === '') continue
    if (isObject(one) && !WHOLE.has(name)) {
      const inner = tidy(one)
      if (Object.keys(inner).length > 0) out[name] = inner
    } else if (Array.isArray(one)) {
      out[name] = one.map((item) => (isObject(item) ? tidy(item) : item))
    } else out[name] = one
  }
  return out
}

const step = (pointer: string, name: string) => `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

function divisible(name: string, ...values: (Json | undefined)[]): boolean {
  return !WHOLE.has(name) && values.every((v) => isObject(v))
}

/** changes lists what differs, in the order of the members. */
export function changes(before: JsonObject, after: JsonObject, pointer = ''): Change[] {
  const out: Change[] = []
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [b, a] = [before[name], after[name]]
    if (same(b, a)) continue
    if (divisible(name, b, a)) out.push(...changes(b as JsonObject, a as JsonObject, step(pointer, name)))
    else out.push({ pointer: step(pointer, name), before: b, after: a })
  }
  return out
}

/** patchOf is the merge patch that makes `after` of `before`; null takes a member away. */
export function patchOf(before: JsonObject, after: JsonObject): JsonObject {
  const out: JsonObject = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [b, a] = [before[name], after[name]]
    if (same(b, a)) continue
    if (a === undefined) out[name] = null
    else if (divisible(name, b, a)) out[name] = patchOf(b as JsonObject, a as JsonObject)
    else if (WHOLE.has(name) && isObject(b) && isObject(a)) out[name] = wholePatch(b, a)
    else out[name] = a
  }
  return out
}

/** wholePatch replaces an object whole: a merge patch alone would keep members that the new one lacks. */
function wholePatch(before: JsonObject, after: JsonObject): JsonObject {
  const gone = Object.fromEntries(Object.keys(before).filter((name) => !(name in after)).map((name) => [name, null]))
  return { ...gone, ...after }
}

/** applyPatch does what a merge patch says. */
export function applyPatch(record: JsonObject, patch: JsonObject): JsonObject {
  const out: JsonObject = { ...record }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete out[name]
    else if (isObject(value)) out[name] = applyPatch(isObject(out[name]) ? (out[name] as JsonObject) : {}, value)
    else out[name] = value
  }
  return out
}

export interface Merged {
  /** Both people's changes; where they conflict, mine. */
  merged: JsonObject
  conflicts: Conflict[]
  /** What only the other changed. */
  taken: Change[]
}

/** mergeThree joins what I and another made of the same base. */
export function mergeThree(base: JsonObject, mine: JsonObject, theirs: JsonObject, pointer = ''): Merged {
  const merged: JsonObject = {}
  const conflicts: Conflict[] = []
  const taken: Change[] = []
  for (const name of new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)])) {
    const [b, m, t] = [base[name], mine[name], theirs[name]]
    let value = m
    if (same(b, m) && !same(b, t)) {
      value = t
      if (divisible(name, b, t)) taken.push(...changes(b as JsonObject, t as JsonObject, step(pointer, name)))
      else taken.push({ pointer: step(pointer, name), before: b, after: t })
    } else if (!same(b, t) && !same(m, t)) {
      if (divisible(name, m, t) && (b === undefined || isObject(b))) {
        const inner = mergeThree(b ?? {}, m as JsonObject, t as JsonObject, step(pointer, name))
        value = inner.merged
        conflicts.push(...inner.conflicts)
        taken.push(...inner.taken)
      } else conflicts.push({ pointer: step(pointer, name), base: b, mine: m, theirs: t })
    }
    if (value !== undefined) merged[name] = value
  }
  return { merged, conflicts, taken }
}

const segments = (pointer: string) => pointer.split('/').slice(1).map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~'))

/** at reads the value a pointer points at. */
export function at(record: Json | undefined, pointer: string): Json | undefined {
  let value: Json | undefined = record
  for (const name of segments(pointer)) {
    if (Array.isArray(value)) value = value[Number(name)]
    else if (isObject(value)) value = value[name]
    else return undefined
  }
  return value
}

/** put sets a value at a pointer, making what leads there; undefined takes it away. */
export function put(record: JsonObject, pointer: string, value: Json | undefined): JsonObject {
  const [name, ...rest] = segments(pointer)
  if (name === undefined) return record
  const out = { ...record }
  if (rest.length > 0) {
    const inner = isObject(out[name]) ? (out[name] as JsonObject) : {}
    out[name] = put(inner, '/' + rest.map((s) => s.replaceAll('~', '~0').replaceAll('/', '~1')).join('/'), value)
  } else if (value === undefined) delete out[name]
  else out[name] = value
  return out
}
