/** Who is at the screen. The server decides what they may; this only keeps from offering what it would refuse. */
import { boot, type Role } from './boot'

export const user = boot.user

function rights(roles: readonly { role: Role }[]) {
  const held = new Set(roles.map((r) => r.role))
  return {
    /** See drafts and history: anybody with a role. */
    readRegistry: held.size > 0,
    create: held.has('contributor') || held.has('heritage_officer') || held.has('planner') || held.has('admin'),
    keepRecords: held.has('contributor') || held.has('heritage_officer') || held.has('admin'),
    inspect: held.has('heritage_officer') || held.has('planner') || held.has('admin'),
    review: held.has('heritage_officer') || held.has('admin'),
    importFiles: held.has('heritage_officer') || held.has('admin'),
    plan: held.has('planner') || held.has('admin'),
    administer: held.has('admin'),
  }
}

/** What one may do somewhere. */
export const may = rights(user?.roles ?? [])

/** What one may do in a municipality or, of null, with what lies in none: roles held in one count there alone. */
export const mayIn = (municipality: number | null) => rights((user?.roles ?? []).filter((r) => r.municipality === null || r.municipality === municipality))

/** Whether one plans for a municipality or, of null, for the whole registry. */
export const mayPlanFor = (municipality: number | null): boolean => mayIn(municipality).plan
