import { untrack } from 'svelte'
import { outbox, type Outgoing } from '../../state/outbox.svelte'
import { router } from '../../state/router.svelte'
import type { Draft } from './draft.svelte'

/** The parameter of an address that names a change to be settled. */
export const SETTLE = 'zmiana'

/** asked hears which change the person wants to settle on this page: `settle` says whether it is one of its own. */
export function asked(settle: (one: Outgoing) => boolean): void {
  $effect(() => {
    const id = router.query.get(SETTLE)
    const one = id ? outbox.entries.find((o) => o.id === id) : undefined
    // the address says it once, so that it can be asked again
    if (one) untrack(() => settle(one) && router.set({ [SETTLE]: null }))
  })
}

/** resume goes on with what waits or was refused of a record: it is what the person typed last. A conflict is laid out. */
export function resume(draft: Draft, one: Outgoing | undefined): void {
  if (!one) return
  draft.resume(one)
  if (one.refused?.status === 412 && draft.id > 0) void draft.compare()
}

/**
 * followed keeps the form of a record, once `ready`, in step with its changes that wait: one that the server refuses comes back into the form, and so does the
 * one that the person wants to settle.
 */
export function followed(draft: Draft, record: () => string, ready: () => boolean): void {
  $effect(() => {
    const refused = outbox.of(record()).find((o) => o.method === 'PATCH' && o.refused)
    if (!refused || !ready()) return
    untrack(() => {
      if (draft.over?.id !== refused.id || draft.over.revision !== refused.revision) resume(draft, refused)
    })
  })
  asked((one) => {
    if (!ready() || one.record !== record() || one.method !== 'PATCH') return false
    resume(draft, one)
    return true
  })
}
