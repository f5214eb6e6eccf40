/**
 * Reports that were written but not sent: kept until they are, so that neither a bad connection nor a reload loses them. They may name people, and browsers are
 * shared: they go with the window, and nobody else who signs in meets them.
 */
import { user } from '../../state/session.svelte'

export interface Typed {
  message: string
  /** Changed fields of the record as they stand in the form, by name; only those one touched. */
  fields: Record<string, string>
  /** Answers about accessibility, by part and attribute ("entrance steps"); of a set its codes parted by commas. */
  facts: Record<string, string>
  observedOn: string
}

export const nothing = (): Typed => ({ message: '', fields: {}, facts: {}, observedOn: '' })

/** empty tells a form in which nothing is said. */
export const empty = (typed: Typed) => !typed.message.trim() && Object.keys(typed.fields).length === 0 && Object.values(typed.facts).every((v) => !v.trim())

const key = (kind: string, id: number) => `wolnica.report.${user?.id ?? 0}.${kind}.${id}`

/** kept is what was left of a report about a record, or null. What cannot be read is nothing. */
export function kept(kind: string, id: number, storage?: Pick<Storage, 'getItem'>): Typed | null {
  try {
    const text = (storage ?? sessionStorage).getItem(key(kind, id))
    if (!text) return null
    const found = JSON.parse(text) as Partial<Typed> | null
    if (!found || typeof found !== 'object') return null
    const texts = (of: unknown) => Object.fromEntries(Object.entries(of && typeof of === 'object' ? of : {}).filter((e): e is [string, string] => typeof e[1] === 'string'))
    const typed: Typed = {
      message: typeof found.message === 'string' ? found.message : '',
      fields: texts(found.fields),
      facts: texts(found.facts),
      observedOn: typeof found.observedOn === 'string' ? found.observedOn : '',
    }
    return empty(typed) ? null : typed
  } catch {
    return null // storage may be forbidden; then nothing is kept
  }
}

/** keep remembers a report; one that says nothing is forgotten. */
export function keep(kind: string, id: number, typed: Typed, storage?: Pick<Storage, 'setItem' | 'removeItem'>): void {
  try {
    const into = storage ?? sessionStorage
    if (empty(typed)) into.removeItem(key(kind, id))
    else into.setItem(key(kind, id), JSON.stringify(typed))
  } catch {
    // as above
  }
}
