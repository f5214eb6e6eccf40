// Package note reads what Polish free text says of accessibility and proposes facts that a person has to confirm. It is pure: a
// text goes in, and the same proposals come out. What lives here: the phrases and what each may mean, negation and its scope,
// numbers with their units. What may not: I/O, clocks, the database, and any way for a proposal to become a fact by itself.
//
// # Not more than the words
//
// A proposal says what the words say and no more: an adapted toilet is toilet_wheelchair=yes and nothing about its door; an
// "adapted entrance" is somebody's claim (wheelchair_claim at the entrance), not a level one. Where the words give a thing but not
// the value ("podjazd": fixed or removable?), the usual value is proposed as Likely and the reason says what is open. Where
// no value can be told ("poręcz", "miejsca parkingowe"), nothing is proposed.
//
// # Negation
//
// "Brak", "nie ma", "bez" and their like govern the genitive. So they reach over an enumeration as far as it keeps that case: in
// "brak podjazdu, windy" both are missing, in "brak podjazdu, winda" the lift is there. Where the case cannot be seen ("brak
// podjazdu, WC dla niepełnosprawnych"), nothing is proposed. What is planned or being built is not there, and is proposed
// in neither way.
//
// # What is left over
//
// Every stretch of the text on which no proposal rests is returned as left over. Nothing of a text goes unseen.
package note
