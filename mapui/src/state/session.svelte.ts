/** Who is at the screen. The server decides what they may; this only keeps from offering what it would refuse. */
import { boot, type Role } from './boot'

export const user = boot.user

const held = new Set<Role>(user?.roles.map((r) => r.role))

/** Whether one plans for a municipality or, of null, for the whole registry. */
export const mayPlanFor = (municipality: number | null): boolean =>
  (user?.roles ?? []).some((r) => (r.role === 'planner' || r.role === 'admin') && (r.municipality === null || r.municipality === municipality))

export const may = {
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
