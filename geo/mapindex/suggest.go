package mapindex

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// Suggestion is a record whose name has every word of what was typed.
type Suggestion struct {
	Entry
	// Begins is set when the name begins with what was typed; such ones come first.
	Begins bool
	length int
}

// mostMatches bounds the work on a word that thousands of names hold: no order among so many helps anybody.
const mostMatches = 20_000

// Suggest finds up to limit records by the beginnings of words of their names, in either language and without regard to
// capitals and diacritics: "zam wawel" finds "Zamek Królewski na Wawelu". Names that begin with the text come first, then
// short ones.
func (v View) Suggest(text string, limit int) []Suggestion {
	typed := appendFolded(nil, []byte(text))
	words := FoldedWords([]byte(text))
	if len(words) == 0 || limit <= 0 {
		return nil
	}
	longest := 0
	for i := range words {
		if len(words[i]) > len(words[longest]) {
			longest = i
		}
	}
	var best []Suggestion
	matches := 0
	var sel selection
	for _, part := range v {
		for _, b := range part.Snapshot.blocks {
			if matches >= mostMatches {
				break
			}
			if !part.Filter.possible(b) {
				continue
			}
			for at := 0; ; {
				hit := bytes.Index(b.folded[at:], words[longest])
				if hit < 0 {
					break
				}
				p := sort.Search(len(b.foldedEnd), func(i int) bool { return int(b.foldedEnd[i]) > at+hit })
				at = int(b.foldedEnd[p])
				name := b.foldedName(p)
				if !holdsAll(name, words) || len(part.Filter.selectFrom(b, p, p+1, &sel)) == 0 {
					continue
				}
				matches++
				s := Suggestion{Entry: Entry{b, p}, length: len(b.name(p, 0))}
				s.Begins = bytes.HasPrefix(name, typed) || bytes.Contains(name, append([]byte("\n"), typed...))
				best = keepBest(best, s, limit)
			}
		}
	}
	return best
}

func holdsAll(name []byte, words [][]byte) bool {
	for _, w := range words {
		if !bytes.Contains(name, w) {
			return false
		}
	}
	return true
}

func (s Suggestion) compare(o Suggestion) int {
	if s.Begins != o.Begins {
		if s.Begins {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(s.length, o.length), cmp.Compare(s.ID(), o.ID()))
}

// keepBest inserts s into a short sorted list.
func keepBest(best []Suggestion, s Suggestion, limit int) []Suggestion {
	if len(best) == limit && best[limit-1].compare(s) <= 0 {
		return best
	}
	at, _ := slices.BinarySearchFunc(best, s, Suggestion.compare)
	best = slices.Insert(best, at, s)
	return best[:min(len(best), limit)]
}

// FoldedWords are the words of a text in lower case and without diacritics, each with a space before it.
func FoldedWords(text []byte) [][]byte {
	folded := appendFolded(nil, text)
	if len(folded) == 0 {
		return nil
	}
	words := bytes.Split(folded[1:], []byte(" "))
	for i, w := range words {
		words[i] = append([]byte(" "), w...)
	}
	return words
}

// HasWords tells whether for each of the words, made by FoldedWords, some word of the name begins with it.
func HasWords(name []byte, words [][]byte) bool { return holdsAll(appendFolded(nil, name), words) }
