/** The money of a programme by year, as its run tells it fund by fund. Pure. */
export interface FundYears {
  fund_id: number
  budget_pln: readonly number[]
  spent_pln: readonly number[]
  /** Carried over into the year after. */
  carried_pln: readonly number[]
}

export interface YearMoney {
  year: number
  budget: number
  /** Carried in from the year before. */
  carried: number
  spent: number
  left: number
  /** Spent of each fund, in the order of the funds. */
  byFund: number[]
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

/** timeline adds the funds up by year. What a fund may not carry over is left in its year. */
export function timeline(first: number, years: number, funds: readonly FundYears[]): YearMoney[] {
  return Array.from({ length: years }, (_, t) => {
    const of = (list: (fund: FundYears) => readonly number[], at: number) => sum(funds.map((fund) => list(fund)[at] ?? 0))
    const budget = of((fund) => fund.budget_pln, t)
    const spent = of((fund) => fund.spent_pln, t)
    const carried = t === 0 ? 0 : of((fund) => fund.carried_pln, t - 1)
    return { year: first + t, budget, carried, spent, left: budget + carried - spent, byFund: funds.map((fund) => fund.spent_pln[t] ?? 0) }
  })
}

/** niceTop is a round number at or above what a chart has to show. */
export function niceTop(most: number): number {
  if (!(most > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((m) => m * power).find((v) => v >= most) ?? 10 * power
}
