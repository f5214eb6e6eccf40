/** Which part of the assumptions the address asks for. Pure. */
export const PARTS = ['standardy', 'odstepstwa', 'art-13f', 'stawki', 'pozostale'] as const
export type Part = (typeof PARTS)[number]

export function partOf(query: URLSearchParams): Part {
  const code = query.get('czesc') as Part
  return PARTS.includes(code) ? code : 'standardy'
}

/** runOf is the run whose programme is laid beside today; 0 for none. */
export function runOf(query: URLSearchParams): number {
  const text = query.get('program') ?? ''
  return /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0
}
