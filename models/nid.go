package models

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A nidWord ties a Polish word of monument registers to a category.
type nidWord struct {
	word     string // lower case; may be several words
	whole    bool   // the text must end the word there too, so "park" is not the start of "parkan"
	strong   bool   // a word for one kind of thing; a weak one ("dom", "zespół", "bud.użyt.publ.") only says roughly
	category string
}

// HeritageCategory gives the category of a monument from its function and its name, as the registers of the National
// Institute of Cultural Heritage (NID) and municipal inventories write them in Polish ("zespół - dwór", "kościół pw. …",
// "bud.mieszk." with "WILLA"). The code is of the heritage facet; false when no word is known, and then the facet is all
// that can be said.
//
// Upper and lower case are the same; letters with and without diacritics are not. In a text the first known word counts,
// for it names the thing and later ones describe it ("mur cmentarny" is a wall, "klasztor, ob. szpital" a monastery), and
// of two at one place the longer ("dom kultury" over "dom"). What a thing has ("z oficyną") or is now ("ob. muzeum") counts
// only where nothing before it is known. A word for one kind of thing in the function comes first,
// then one in the name, then a general word in the function, then in the name.
func HeritageCategory(function, name string) (code string, ok bool) {
	texts := []string{nidHead(function), nidHead(name)}
	for _, strong := range []bool{true, false} {
		for _, text := range texts {
			if code, ok := firstNIDWord(text, strong); ok {
				return code, true
			}
		}
	}
	return "", false
}

// nidHead is the text in lower case with single spaces, cut before what the thing has or is now, unless nothing would be
// known then.
func nidHead(text string) string {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	head := text
	for _, cut := range []string{" z ", " ze ", " wraz ", ", ob. ", " ob. ", ", obecnie "} {
		head, _, _ = strings.Cut(head, cut)
	}
	for _, strong := range []bool{true, false} {
		if _, ok := firstNIDWord(head, strong); ok {
			return head
		}
	}
	return text
}

func firstNIDWord(text string, strong bool) (string, bool) {
	best, bestAt := nidWord{}, len(text)
	for _, w := range nidWords() {
		if !w.strong && w.word == text && strong {
			return "", false // a class such as "brow.,cegiel.,fabr.,młyn,in." lists words without meaning any one
		}
		if w.strong != strong {
			continue
		}
		at := wordIndex(text, w)
		if at >= 0 && (at < bestAt || at == bestAt && len(w.word) > len(best.word)) {
			best, bestAt = w, at
		}
	}
	return best.category, best.category != ""
}

// wordIndex is the first place where w begins a word of text, -1 when there is none.
func wordIndex(text string, w nidWord) int {
	for from := 0; ; {
		i := strings.Index(text[from:], w.word)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(w.word):])
		if !unicode.IsLetter(before) && (!w.whole || !unicode.IsLetter(after)) {
			return i
		}
		from = i + len(w.word)
	}
}

var nidWords = sync.OnceValue(func() []nidWord {
	var words []nidWord
	for _, r := range vocabularyRecords("nid_words.csv", 4) {
		words = append(words, nidWord{word: r[0], whole: r[1] == "word", strong: r[2] == "strong", category: r[3]})
	}
	return words
})
