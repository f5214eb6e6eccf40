// Package access turns facts about how a place is reached and used into verdicts, for people and for planners. It is pure: facts, what the
// category says and the day go in, and the same answer comes out. What may not live here: I/O, clocks, the database.
//
// # Facts
//
// For each attribute of each part one fact stands on a day (Current): not superseded, begun and not ended; an episode (a
// fact with both a first and a last day) before an observation, then the newer, then the one recorded later. An observation ends with its
// shelf life, counted in years to the same day, or on a last day of its own if that is earlier; only an episode is bounded by its own
// days alone. What has ended, is disputed or withdrawn is unknown; its
// value may be shown and decides nothing. An episode that passes gives the word back to the observation under it, so an
// episode must not supersede that.
//
// # Three values, and what is sure
//
// A rule comes to a span: the least and the most that what is unknown would make of it. A known failure is NO whatever the rest; what
// may still be NO is UNKNOWN; what needs help at worst is WITH_HELP, even if more facts could make it a YES (the missing ones are named).
// Facts narrow a span, so that taking a fact away never makes a YES. A chain of which nothing is asked, because all is not
// applicable, is UNKNOWN.
//
// # Parts and alternatives
//
// The parts of a link are alternatives: a second entrance or toilet that passes makes the link pass. The first part of each link exists
// whether or not anybody described it, so an entrance#2 that fails leaves the place UNKNOWN as long as the main entrance is. The first path leads
// to every entrance, path#2 to entrance#2 only. Services are looked for everywhere at the place, and the best one counts.
//
// # What the profiles ask, where the reference is silent
//
//   - A condition that the WITH_HELP column does not relax holds there as it stands.
//   - Steps on the path count as those at the entrance do: facts about "steps" at the part "path". Otherwise a flight on the way in
//     would be nobody's.
//   - Arrival decides no verdict: the reference sets no limit on it. It is shown.
//   - Toilet: for wheelchairs a link of its own; for a pram the baby changing table. Walking, blind, deaf, hard of hearing and understanding are not asked
//     about it. Deaf, hard of hearing and understanding are asked about services only: a kerb unknown is nothing to them.
//   - Inside counts for whoever moves on wheels or with difficulty: all of it step-free is YES, a part WITH_HELP. Walking and pram may
//     instead know its steps (at the part "inside") to be few.
//   - A wheelchair toilet that is said to be there, fully or "limited", is WITH_HELP without measures, unless its door is known to be too
//     narrow; YES it becomes by its measures.
//   - kerb=lowered is WITH_HELP until its height is known; flush and no kerb need no height.
//   - A removable ramp and a platform lift need staff: WITH_HELP. A ramp for a pram is judged by its slope only (18 %).
//   - A way round the steps that is not a ramp (stepfree_alternative) counts only where it is stated. Unknown is as if there were none: a
//     flight of steps without a ramp is a NO, not a maybe for ever. An unknown ramp is a maybe.
//   - With a powered wheelchair a lip above 2 cm is a step.
//   - Blind: trained staff alone makes each link WITH_HELP, and stands for tactile guidance at the path.
//   - A revolving door is not judged: whoever measures its clear width finds out.
//   - OpenStreetMap's wheelchair=* is a claim; no rule reads wheelchair_claim.
//
// # Products
//
// A product is a series, not a choice: its verdict is the worst of the stops that are not optional and of the segments of its line,
// each judged by what the profile asks of a path (see product.go). Stored, it is over what anybody may see: store/product_verdict.go.
//
// # What becomes of facts
//
// A newer fact supersedes an older one; a disputed and a withdrawn one stay and make their attribute unknown: older
// observations of it do not speak again until somebody reinstates one or records a newer one. A withdrawn episode gives the word back to the
// observation under it. What was recorded by mistake is deleted, and what stood before counts again. Statuses says of each fact whether it counts and why not. Contradicts finds what
// cannot be so together at one part; imports, which bring what a source says, are not held to it.
//
// # What a place does not have
//
// Two things take a link away, and nothing else: a fact that says so, or the category. Without a fact the door, the lip and the steps of
// an entrance, the inside (stepfree_inside) or any toilet for anybody (toilet_wheelchair) are unknown, however likely it is that they are not
// there. The category speaks for what it excludes by its meaning (Without): a viewpoint has no inside. Of an obstacle, "not applicable" says that
// nothing is in the way; of a provision, that it could not be there, and it is left out of the conditions.
//
// # Missing facts
//
// Verdict.Missing is the smallest set of missing facts some values of which settle the verdict upwards: UNKNOWN to WITH_HELP or YES, WITH_HELP to
// YES. (Downwards one fact is nearly always enough, and which one nobody can know before.) It is exact: the least sets of each rule are joined over the
// table, which has a few dozen of them, not searched for among the facts.
package access
