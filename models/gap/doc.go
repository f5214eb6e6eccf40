// Package gap composes the gap report of art. 6 of the Act of 19 July 2019 on ensuring accessibility to persons with special needs, for one place
// and for a municipality, out of what package access says: requirements, facts with their sources and age, what would mend a gap and whose consent
// it needs.
//
// It is pure: places and facts as they were read go in, with the day. What may not live here: I/O, clocks, the database, rules about when a
// requirement is met (access), and how a report looks (api/report).
package gap
