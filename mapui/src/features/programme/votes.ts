/** An election of projects beside the proposals: which project stands for which, and what is written down of it. Pure. */
import type { Schemas } from '../../api/client'

export type VoteCount = Schemas['VoteCount']
export type VotedProject = Schemas['VotedProject']

/** plainly is a name without what people write differently: case, accents, marks and blanks. */
export const plainly = (name: string): string => name.toLowerCase().replaceAll('ł', 'l').normalize('NFD').replace(/\p{Mn}/gu, '').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()

/** matched gives each project the proposal of the same name; a name that several proposals or projects have matches none. */
export function matched(projects: readonly VotedProject[], proposals: readonly { id: number; title?: Schemas['Text'] }[]): Map<string, number> {
  const byName = new Map<string, number | null>()
  for (const p of proposals) {
    for (const name of new Set([plainly(p.title?.pl ?? ''), plainly(p.title?.en ?? '')])) if (name) byName.set(name, byName.has(name) ? null : p.id)
  }
  const names = new Map<string, number>()
  for (const p of projects) names.set(plainly(p.name), (names.get(plainly(p.name)) ?? 0) + 1)
  const out = new Map<string, number>()
  for (const p of projects) {
    const id = byName.get(plainly(p.name))
    if (id && names.get(plainly(p.name)) === 1) out.set(p.id, id)
  }
  return out
}

/** whole is an amount of the election in whole złoty. */
export const whole = (amount: string): number => Math.round(Number(amount.replace(/\s/g, '').replace(',', '.')))
