/** Something that looks wrong with a place, or with two. */
import type { Schemas } from '../../api/client'

export type Issue = Schemas['QualityIssue']

/** issueKey tells issues apart, as a part of an element's id. */
export function issueKey(i: Pick<Issue, 'kind' | 'batch_id' | 'ordinal'> & { place: { id: number }; other?: { id: number } }): string {
  return [i.kind, i.place.id, i.other?.id, i.batch_id, i.ordinal].filter((part) => part !== undefined).join('-')
}
