/** What the standards of service are called. Accessible coverage of one has its code after accessible:. */
import { f } from './texts'

/** The standards every registry begins with, in their order. */
export const STANDARDS = ['green_nearby', 'green_3ha', 'green_20ha', 'play', 'play_neighbourhood', 'sport', 'culture'] as const

/** standardLabel names a standard; one that the registry added itself goes by its code. */
export function standardLabel(code: string): string {
  const accessible = code.startsWith('accessible:')
  const plain = accessible ? code.slice('accessible:'.length) : code
  const label = (f.standard as Record<string, string>)[plain] ?? plain
  return accessible ? f.accessibly(label) : label
}
