/** Choices of a filter as a list: categories as their tree, with how many places each would show. */
export interface Option {
  code: string
  label: string
  count: number
  /** How deep in a tree it stands. */
  depth: number
}

export interface Node {
  code: string
  label: string
  parent?: string
}

/**
 * treeOptions lists a tree with its branches in the order given, children after their parent, a branch counting what is below it as the filter does. What
 * holds nothing is left out, unless it is chosen.
 */
export function treeOptions(nodes: readonly Node[], counts: Readonly<Record<string, number>>, chosen: ReadonlySet<string>): Option[] {
  const codes = new Set(nodes.map((n) => n.code))
  const children = new Map<string, Node[]>()
  for (const node of nodes) {
    const parent = node.parent && codes.has(node.parent) ? node.parent : ''
    children.set(parent, [...(children.get(parent) ?? []), node])
  }
  const out: Option[] = []
  const walk = (node: Node, depth: number): number => {
    const at = out.length
    const option: Option = { code: node.code, label: node.label, count: counts[node.code] ?? 0, depth }
    out.push(option)
    for (const child of children.get(node.code) ?? []) option.count += walk(child, depth + 1)
    if (option.count === 0 && !chosen.has(option.code) && out.length === at + 1) out.pop()
    return option.count
  }
  for (const root of children.get('') ?? []) walk(root, 0)
  return out
}

/** found keeps the options whose label holds the words, diacritics and case aside. */
export function found(options: readonly Option[], words: string): Option[] {
  const wanted = plain(words)
  return wanted ? options.filter((o) => plain(o.label).includes(wanted)) : [...options]
}

const plain = (text: string) => text.trim().toLowerCase().replaceAll('ł', 'l').normalize('NFD').replace(/\p{Mn}/gu, '')
