// Package hours reads opening hours as OpenStreetMap writes them (the key opening_hours, specification 0.7.2) and says when
// that is. It is pure: a text, a moment and a position go in. What may not live here: I/O, clocks, the database, words for people.
//
// # What is read
//
// 24/7; years, months, days of months, nth weekdays of months, Easter, calendar weeks; weekdays with lists, ranges round the
// end of the week and nth of the month; PH; times, several spans, spans over midnight and up to 48:00, dawn, sunrise, sunset
// and dusk with offsets, open ends; open, closed, off, unknown and comments; the three rule separators. Not read, and an error that
// says where: SH (nobody here knows the school holidays of every year), points in time, intervals of times, and anything else.
//
// # How rules meet
//
// As in opening_hours.js 3, which the evaluation tool of the specification is made of and tests of this package were compared with:
//
//   - ";" a rule that opens or is unknown, with days of its own, takes all of those days from the rules before it; "closed" only closes its times.
//   - "," a rule adds its times and takes nothing away.
//   - "||" a rule speaks where those before it say closed.
//   - What is left of a night belongs to the next day: "Fr 22:00-04:00; Sa off" closes at midnight. To go on until four takes a
//     comma. So a place is rather said to be closed than open, and here more so than by opening_hours.js: a night that a later rule
//     cancelled is not left over either. "Mo-Su 18:00-02:00; Dec 24 off" is closed on 25 December at one o'clock.
//   - A comment without "open" makes a rule unknown, and so does an open end ("10:00+"): nobody knows when it closes, so it is not
//     said to be open. It is taken to end at midnight, or up to ten hours after a beginning in the evening.
//
// # Days and clocks
//
// Hours are those of the clock on the wall in Warsaw. In the night in which an hour is missing, what ends in it ends when the clock goes on; the hour that
// comes twice is open twice. PH are the public holidays of Poland.
package hours
