/** The profiles of the verdict engine and its answers, in its order. */
export const PROFILES = ['wheelchair', 'powered_wheelchair', 'walking', 'pram', 'blind', 'deaf', 'hard_of_hearing', 'understanding'] as const
export type Profile = (typeof PROFILES)[number]
export type Verdict = 'yes' | 'with_help' | 'no' | 'unknown'
export const VERDICTS: readonly Verdict[] = ['yes', 'with_help', 'no', 'unknown']
