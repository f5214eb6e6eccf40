// Package plan says how many residents a change to the registry serves: service standards, distances, coverage, and the what-if of
// changed facts. It is pure: places, facts, cells and the day go in, and the same answer comes out.
//
// What lives here: rules and formulas of planning. What may not: I/O, clocks, the database; how a verdict is drawn from facts (that is
// models/access).
//
// # Who counts as served
//
// A resident of a cell is served for a profile under a standard when a place of the standard's categories that the profile can use lies
// within its distance of the cell's point, along the way that Metres measures. A place counts as used when its verdict is at least the one
// asked for (WITH_HELP unless said otherwise): never when it is unknown. Everybody in a cell counts as living at its point, so
// that cells of a kilometre say nothing of standards much shorter than that.
//
// # Whom the numbers count
//
// Residents within reach, not members of the profile: how many of them use a wheelchair, no grid says. Where the profile or the
// standard speaks of an age group, the residents of that age are counted (walking: 65 and over, pram and playgrounds: up to 14), otherwise
// all. A resident is counted once, however many places or standards come within reach.
//
// Cells whose number is kept secret are counted as cells, beside the residents, and never as nobody.
package plan
