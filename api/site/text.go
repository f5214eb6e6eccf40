package site

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/template/parse"

	"wolnica/models"
)

// texts are messages by their key, "place.title": what stands before the first dot is the page they belong to, "site" for the
// frame around all pages. A message may hold %s and %d, the same in both languages. A message that goes with a number has
// its plural forms between bars and %s for the number: one, few, many in Polish ("%s miejsce|%s miejsca|%s miejsc"), one
// and other in English ("%s place|%s places").
type texts map[string]models.Text

// in writes a message with its arguments. A key that does not exist is a fault of the program; the tests and New find it.
func (t texts) in(lang models.Language, key string, args ...any) string {
	text, ok := t[key]
	if !ok {
		panic("there is no text " + strconv.Quote(key))
	}
	if len(args) == 0 {
		return text.In(lang)
	}
	return fmt.Sprintf(text.In(lang), args...)
}

// count writes a message that goes with a number.
func (t texts) count(lang models.Language, n int64, key string) string {
	forms := strings.Split(t.in(lang, key), "|")
	return strings.Replace(forms[min(pluralForm(n, lang), len(forms)-1)], "%s", number(n, lang), 1)
}

// pluralForm is the place of the form a number takes, after the CLDR rules for whole numbers.
func pluralForm(n int64, lang models.Language) int {
	n = max(n, -n)
	switch {
	case n == 1:
		return 0
	case lang == models.English:
		return 1
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return 1
	}
	return 2
}

// merge joins the texts of all pages; two of one key are a fault.
func merge(all ...texts) (texts, error) {
	merged := texts{}
	for _, t := range all {
		for key, text := range t {
			if _, taken := merged[key]; taken {
				return nil, fmt.Errorf("the text %q is there twice", key)
			}
			if text.PL == "" || text.EN == "" {
				return nil, fmt.Errorf("the text %q is not there in both languages", key)
			}
			merged[key] = text
		}
	}
	return merged, nil
}

// textKeys are the keys a template names: the first argument of t and the second of count, which must be written out.
func textKeys(node parse.Node, each func(key string) error) error {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, child := range n.Nodes {
			if err := textKeys(child, each); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return textKeysOfBranch(&n.BranchNode, each)
	case *parse.RangeNode:
		return textKeysOfBranch(&n.BranchNode, each)
	case *parse.WithNode:
		return textKeysOfBranch(&n.BranchNode, each)
	case *parse.ActionNode:
		return textKeys(n.Pipe, each)
	case *parse.TemplateNode:
		return textKeys(n.Pipe, each)
	case *parse.PipeNode:
		if n == nil {
			return nil
		}
		for _, command := range n.Cmds {
			if err := textKeys(command, each); err != nil {
				return err
			}
		}
	case *parse.CommandNode:
		if name, ok := n.Args[0].(*parse.IdentifierNode); ok && (name.Ident == "t" || name.Ident == "count") {
			at := map[string]int{"t": 1, "count": 2}[name.Ident]
			if at >= len(n.Args) {
				return fmt.Errorf("%s has no key", n)
			}
			key, ok := n.Args[at].(*parse.StringNode)
			if !ok {
				return fmt.Errorf("%s: the key is to be written out", n)
			}
			if err := each(key.Text); err != nil {
				return err
			}
		}
		for _, arg := range n.Args {
			if err := textKeys(arg, each); err != nil {
				return err
			}
		}
	}
	return nil
}

func textKeysOfBranch(n *parse.BranchNode, each func(key string) error) error {
	for _, child := range []parse.Node{n.Pipe, n.List, n.ElseList} {
		if err := textKeys(child, each); err != nil {
			return err
		}
	}
	return nil
}

// number writes a count with the separators of the language.
func number(n int64, lang models.Language) string { return lang.Number(n) }

// decimal writes a measure with at most two decimals and the sign of the language.
func decimal(x float64, lang models.Language) string {
	s := strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
	if lang == models.Polish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// share writes a part of a whole; of nothing there is no share.
func share(part, whole int64, lang models.Language) string {
	if whole == 0 {
		return "–"
	}
	percent := strconv.FormatInt(int64(math.Round(100*float64(part)/float64(whole))), 10)
	if lang == models.English {
		return percent + "%"
	}
	return percent + "\u00a0%"
}

var months = map[models.Language][12]string{
	models.Polish:  {"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"},
	models.English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// day writes a date in words: "3 maja 2026", "3 May 2026"; "" when there is none.
func day(d *models.Date, lang models.Language) string {
	if d == nil || d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d\u00a0%s\u00a0%d", d.Day(), months[lang][d.Month()-1], d.Year())
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// named is a name in the language, the Polish one where there is no other.
func named(pl, en string, lang models.Language) string {
	return models.Text{PL: pl, EN: or(en, pl)}.In(lang)
}
