package mapindex

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that have no decomposition into a plain one and a mark
var plainLetters = map[rune]string{
	'ł': "l", 'đ': "d", 'ø': "o", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'þ': "th", 'ð': "d", 'ħ': "h", 'ı': "i",
}

// latin is what folding makes of the letters of the Latin script beyond ASCII, worked out once; "" is for what is no letter.
var latin = func() (table [0x250]string) {
	for r := range rune(len(table)) {
		table[r] = plain(r)
	}
	return table
}()

// plain is a letter or digit in lower case and without its marks, "" for anything else.
func plain(r rune) string {
	r = unicode.ToLower(r)
	if p, known := plainLetters[r]; known {
		return p
	}
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return ""
	}
	// the decomposition's first rune is the letter, what follows are its marks
	first, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	return string(first)
}

// appendFolded appends the words of a text in lower case and without diacritics, a space before each: " wzgorze wawelskie".
func appendFolded(dst, text []byte) []byte {
	between := true
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case 'A' <= c && c <= 'Z':
				c += 'a' - 'A'
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			default:
				between = true
				continue
			}
			if between {
				dst, between = append(dst, ' '), false
			}
			dst = append(dst, c)
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		letters := ""
		if int(r) < len(latin) {
			letters = latin[r]
		} else {
			letters = plain(r)
		}
		switch {
		case letters != "":
			if between {
				dst, between = append(dst, ' '), false
			}
			dst = append(dst, letters...)
		case unicode.Is(unicode.Mn, r): // the mark of a text that came decomposed
		default:
			between = true
		}
	}
	return dst
}
