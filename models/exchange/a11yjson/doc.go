// Package a11yjson turns places with their access facts into A11yJSON documents and back (a11yjson.org, version 31.1,
// © Sozialhelden e.V.): PlaceInfo, a feature with properties.accessibility. It is pure.
//
// What lives here: the reading and writing of documents, of quantities with their units, and the names of categories there. What may
// not: the mapping of attributes to members, which is models.AccessAttribute.A11yFields and nothing else; files and the database.
//
// # What is written
//
// The facts that stand and count on the day: neither stale nor disputed nor of a part the chain does not have. Entrances and
// toilets are elements in the order of their numbers. Null stands where a fact says that there is none: no toilet for
// anybody is "restrooms": null. The verdicts are accessibleWith (yes is true, no is false), partiallyAccessibleWith
// (with help) and the grade of the wheelchair; what is unknown is left out everywhere.
//
// A11yJSON has no date of an observation, and not every attribute. It leaves room for a source's own words in properties.tags;
// there the tags "wolnica:…" hold what else is known, so that a registry reads back the facts it wrote, of every attribute:
//
//	wolnica:observed_on                       the day most facts were observed
//	wolnica:observed_on:entrance/door_width   of a fact where it is another one; so are method, valid_from and valid_until
//	wolnica:value:path/rest_gap_max           a value that no member of A11yJSON carries, as JSON; null is not applicable
//	wolnica:rules                             the rules the verdicts were drawn by
//
// # What is read
//
// Every member that the table of attributes names. A measure is taken in any unit of length, a slope in per cent or degrees; a
// range or a bound is no measure. What is absent says nothing, null that there is none where the table says so. What is not
// understood, or does not decide between two values, is reported, never guessed: that a tactile paving is there says "partial",
// that an audio description is there says "occasional", for no more is said. A fact of which a day is said that cannot be read is
// left out: without its last day it would hold for longer than the document says.
package a11yjson
