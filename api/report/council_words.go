package report

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"wolnica/models"
)

// words writes numbers and texts in a language: in Polish with hard spaces between thousands, a comma before decimals and the unit after a hard space.
type words struct{ lang models.Language }

// in is a text in the language; one that has no English form stays Polish.
func (w words) in(t models.Text) string {
	if w.lang == models.English && t.EN != "" {
		return t.EN
	}
	return cmp.Or(t.PL, t.EN)
}

func (w words) text(pl, en string) string { return models.Text{PL: pl, EN: en}.In(w.lang) }

// number writes a whole number; one below zero has a true minus.
func (w words) number(n int64) string {
	if n < 0 {
		return "−" + w.lang.Number(-n)
	}
	return w.lang.Number(n)
}

// decimal writes a number with so many decimals, or with those it needs when places is -1.
func (w words) decimal(f float64, places int) string {
	s := strconv.FormatFloat(math.Abs(f), 'f', places, 64)
	whole, rest, _ := strings.Cut(s, ".")
	sign := ""
	if f < 0 && strings.Trim(s, "0.") != "" {
		sign = "−"
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return sign + s // beyond what is ever written
	}
	if rest != "" {
		rest = w.text(",", ".") + rest
	}
	return sign + w.lang.Number(n) + rest
}

// percent writes a share.
func (w words) percent(share float64, places int) string {
	return w.decimal(100*share, places) + w.text("\u00a0%", "%")
}

// percentUp writes a share that must not look smaller than it is.
func (w words) percentUp(share float64) string {
	return w.decimal(math.Ceil(share*1e4-1e-9)/100, 2) + w.text("\u00a0%", "%")
}

// money writes whole złoty.
func (w words) money(pln int64) string {
	if w.lang == models.English {
		return "PLN\u00a0" + w.number(pln)
	}
	return w.number(pln) + "\u00a0zł"
}

// millions writes money as the label of a chart.
func (w words) millions(pln int64) string {
	f := w.decimal(float64(pln)/1e6, 1)
	if w.lang == models.English {
		return "PLN\u00a0" + f + "\u00a0m"
	}
	return f + "\u00a0mln\u00a0zł"
}

// count writes a number with its noun.
func (w words) count(n int64, one, few, many, oneEN, manyEN string) string {
	noun := many
	if w.lang == models.English {
		if noun = manyEN; n == 1 {
			noun = oneEN
		}
	} else if n == 1 {
		noun = one
	} else if n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14) {
		noun = few
	}
	return w.number(n) + "\u00a0" + noun
}

// width is a share of a bar 100 wide.
func width(share float64) string {
	return strconv.FormatFloat(math.Round(1000*min(max(share, 0), 1))/10, 'f', -1, 64)
}

// firstOf is the first comparison that decides.
func firstOf(list ...int) int { return cmp.Or(list...) }

func compareTitles(a, b *CouncilItem) int {
	return cmp.Or(strings.Compare(a.Title.PL, b.Title.PL), cmp.Compare(a.ProposalID, b.ProposalID))
}

// compareBenefit orders by what an item gives for the money.
func compareBenefit(a, b *CouncilItem) int { return cmp.Compare(a.worth(), b.worth()) }
