// Package programme chooses what to build and when: the best programme of investments that yearly budgets can buy, and the proof of
// how good it is. It is pure: a Problem goes in, and the same Problem, seed and limits give the same Programme.
//
// What lives here: the mathematical program, how it is solved, checked and defended. What may not: places, standards, prices, the
// database; the package above composes a Problem of them and reads a Programme back.
//
// # The program
//
// Items are started in at most one year of their window, or never. Item p started in year t spends Spend in the years it lasts, is complete
// in year e = t + Duration - 1, and serves the demands it covers from then on. A demand is served once, from the first year in
// which an item covering it is complete. The programme of the highest value is sought:
//
//	Σ Benefit of what is started + Σ Weight·Service[first year served] + Fairness·(share of people covered where it is least)
//	- Σ Penalty·(złoty short of a spending floor) - Σ Penalty·(persons short of a coverage floor)
//
// such that of a group at most one item is chosen, an item starts no sooner than its prerequisites and their lags, locks hold, and every
// złoty is paid by a fund that the item may use, in a year in which the fund has it: what a fund does not spend it carries over, up to
// Carry, and loses the rest. Floors are soft, so that the one which cannot be met can be named.
//
// # How it is solved
//
// Greedy answers at once. Improve takes parts out and builds them anew. Duals that are guessed in a moment prove a first bound, and HiGHS a better
// one from the program that Model writes. Solve does it all. Check is written from the constraints alone and shares no code with the others: nothing is trusted that it has not passed.
package programme
