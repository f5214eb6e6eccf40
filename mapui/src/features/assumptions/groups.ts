/** Records in groups, in the order in which each group first comes. Pure. */
export function grouped<T>(all: readonly T[], of: (one: T) => string): { group: string; items: T[] }[] {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(of(one), [...(groups.get(of(one)) ?? []), one])
  return [...groups].map(([group, items]) => ({ group, items }))
}

/** isChanged tells whether a number is no longer the one Wolnica came with. */
export const isChanged = (one: { value: number; shipped: number }): boolean => one.value !== one.shipped
