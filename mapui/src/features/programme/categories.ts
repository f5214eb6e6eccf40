/** Categories as a list in the order of their tree, each pushed in under its parent. Pure. */
import { inLanguage } from '../../i18n'

interface Node {
  code: string
  parent?: string
  label: { pl?: string; en?: string }
}

export function categoryTree(all: readonly Node[]): { code: string; label: string }[] {
  const codes = new Set(all.map((c) => c.code))
  const walk = (parent: string, depth: number): { code: string; label: string }[] =>
    all.filter((c) => (c.parent && codes.has(c.parent) ? c.parent : '') === parent).flatMap((c) => [{ code: c.code, label: '\u00a0\u00a0'.repeat(depth) + inLanguage(c.label) }, ...walk(c.code, depth + 1)])
  return walk('', 0)
}
