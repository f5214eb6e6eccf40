/** A change of many records at once: what it says to the API, and what the API says of the records that stood in the way. */
import type { ApiError } from '../../api/client'

export const ACTIONS = ['publish', 'review', 'archive', 'draft', 'visibility', 'lifecycle', 'heritage_category', 'infrastructure_category', 'operator'] as const
export type Action = (typeof ACTIONS)[number]

/** The actions that ask for a value. */
export const VALUED: ReadonlySet<Action> = new Set<Action>(['visibility', 'lifecycle', 'heritage_category', 'infrastructure_category', 'operator'])

/** What publication an action leads to. */
const publication: Partial<Record<Action, string>> = { publish: 'published', review: 'in_review', archive: 'archived', draft: 'draft' }

/** patchOf is the change as the API takes it; null while a value is missing. An empty operator takes the operator away. */
export function patchOf(action: Action, value: string): Record<string, string> | null {
  const to = publication[action]
  if (to) return { publication: to }
  if (!value.trim() && action !== 'operator') return null
  return { [action]: value.trim() }
}

/** A record that stood in the way. */
export interface Failure {
  id: number
  name: string
  code: string
  message: string
}

/** failuresOf finds the records an answer names: pointers such as /places/3 count in the order they were sent. */
export function failuresOf(error: Pick<ApiError, 'fields'>, sent: readonly { id: number; name: string }[]): Failure[] {
  return error.fields.flatMap((field) => {
    const index = /^\/places\/(\d+)/.exec(field.pointer ?? '')?.[1]
    const place = index === undefined ? undefined : sent[Number(index)]
    return place ? [{ id: place.id, name: place.name, code: field.code, message: field.detail }] : []
  })
}
