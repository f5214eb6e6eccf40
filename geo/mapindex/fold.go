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

// appendFolded appends the words of a text in lower case and without diacritics, a space before each: " wzgorze wawelskie".
func appendFolded(dst, text []byte) []byte {
	between := true
	put := func(letters string) {
		if between {
			dst, between = append(dst, ' '), false
		}
		dst = append(dst, letters...)
	}
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
		r = unicode.ToLower(r)
		plain, known := plainLetters[r]
		switch {
		case known:
			put(plain)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			var bytes [utf8.UTFMax]byte
			// the decomposition's first rune is the letter, what follows are its marks
			first, _ := utf8.DecodeRune(norm.NFD.Bytes(bytes[:utf8.EncodeRune(bytes[:], r)]))
			put(string(first))
		case unicode.Is(unicode.Mn, r): // the mark of a text that came decomposed
		default:
			between = true
		}
		i += n
	}
	return dst
}
