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
const mostMatches = 2_000

// mostHits bounds the names that are looked at because they have one of the words.
const mostHits = 50_000

// startOf is the beginning of a word with its space before it, as a number: three letters, the missing ones 0.
func startOf(word []byte) uint32 {
	var n uint32
	for i := 1; i <= 3; i++ {
		n <<= 8
		if i < len(word) && word[i] > ' ' {
			n |= uint32(word[i])
		} else {
			return n << (8 * (3 - i))
		}
	}
	return n
}

// wordStarts are the beginnings of all words of folded names, each once and in order.
func wordStarts(folded []byte) []uint32 {
	var starts []uint32
	for at := bytes.IndexByte(folded, ' '); at >= 0; {
		starts = append(starts, startOf(folded[at:]))
		next := bytes.IndexByte(folded[at+1:], ' ')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	slices.Sort(starts)
	return slices.Clone(slices.Compact(starts))
}

// mayHold tells whether some word of the block's names may begin with the word.
func (b *block) mayHold(word []byte) bool {
	from, missing := startOf(word), 3-min(len(word)-1, 3)
	to := from | (1<<(8*missing) - 1)
	i, _ := slices.BinarySearch(b.starts, from)
	return i < len(b.starts) && b.starts[i] <= to
}

// Suggest finds up to limit records by the beginnings of words of their names, in either language and without regard to
// capitals and diacritics: "zam wawel" finds "Zamek Królewski na Wawelu". Names that begin with the text come first, then
// short ones.
func (v View) Suggest(text string, limit int) []Suggestion {
	typed := appendFolded(nil, []byte(text))
	words := FoldedWords([]byte(text))
	if len(words) == 0 || limit <= 0 {
		return nil
	}
	rarest, fewest := 0, -1
	for i, w := range words {
		n := 0
		for _, part := range v {
			for _, b := range part.Snapshot.blocks {
				if b.mayHold(w) {
					n++
				}
			}
		}
		// of words that are as common as one another, the longer one is found faster
		if fewest < 0 || n < fewest || n == fewest && len(w) > len(words[rarest]) {
			rarest, fewest = i, n
		}
	}
	var best []Suggestion
	hits, matches := 0, 0
	var sel selection
	for _, part := range v {
		for _, b := range part.Snapshot.blocks {
			if matches >= mostMatches || hits >= mostHits {
				break
			}
			if !part.Filter.possible(b) || slices.ContainsFunc(words, func(w []byte) bool { return !b.mayHold(w) }) {
				continue
			}
			for at := 0; ; {
				hit := bytes.Index(b.folded[at:], words[rarest])
				if hit < 0 {
					break
				}
				hits++
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
