package pabulib

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wolnica/models"
)

// The bounds of a file. The largest of the library, Warsaw's, has some 100,000 votes in 10 MB.
const (
	MaxBytes    = 64 << 20
	MaxProjects = 10_000
	MaxVotes    = 2_000_000
	// MaxChoices is how many projects all ballots may name together, those that a default score adds included.
	MaxChoices = 20_000_000

	// maxField is the length of a field in bytes, maxColumns how many a section may have, maxReported how many errors are told at once.
	maxField    = 100_000
	maxColumns  = 200
	maxReported = 20
	// maxAmount bounds costs and the budget, in units of the currency.
	maxAmount = 1_000_000_000_000
	// maxPoints bounds the points of a choice.
	maxPoints = 1_000_000
)

// Read reads a .pb file: UTF-8, its three sections in their order, its rows like CSV with semicolons. It is strict, for a misread vote is a wrong
// result: what the format makes obligatory has to be there, the numbers of projects and votes and the votes of each project have to be those that the
// file holds, and each ballot has to keep the rules the file sets. Keys and columns that the format does not know are kept or passed over: it allows
// them.
//
// A file that is not so gives a models.Error with CodeInvalid, whose fields point at "/SECTION/line" and name both in Polish and English, CodeTooLarge
// for one beyond the bounds; an error of r comes back as it is.
func Read(r io.Reader) (*Election, error) {
	p := &parser{in: bufio.NewReaderSize(&bounded{r: r, left: MaxBytes}, 1<<16), e: &Election{Meta: map[string]string{}}, metaLine: map[string]int{}}
	err := p.read()
	if err != nil && !errors.Is(err, errStop) {
		return nil, err
	}
	if err := p.wrong.Err(); err != nil {
		return nil, err
	}
	return p.e, nil
}

// errStop ends reading when there is an error that hides all others, or enough of them.
var errStop = errors.New("stop")

// bounded fails past a length, where io.LimitReader would end as if that were all.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, tooLarge("Plik .pb jest większy niż 64 MiB.", "The .pb file is over 64 MiB.")
	}
	return n, err
}

func tooLarge(pl, en string) error { return models.NewError(models.CodeTooLarge, pl, en) }

type parser struct {
	in       *bufio.Reader
	line     int // the number of the last line read
	first    int // the number of the line on which the row began
	section  string
	wrong    models.Fields
	e        *Election
	metaLine map[string]int
	again    string // a line that was read ahead
	ahead    bool
	ended    bool

	index   map[string]int32
	stated  []stated
	bounds  bounds
	choices int
	seen    []int // the ballot, numbered from 1, that named the project last
}

// stated is what the file says of a project and its votes must agree with.
type stated struct {
	line         int
	votes, score *int64
}

// bounds are what the file asks of a ballot; nil is nothing.
type bounds struct {
	minLength, maxLength       int
	minCost, maxCost           *int64
	minPoints, maxPoints       *int64
	minSumPoints, maxSumPoints *int64
}

// fail records what is wrong with a line; it stops when there is enough.
func (p *parser) fail(line int, code, pl, en string) error {
	p.wrong.Add(fmt.Sprintf("/%s/%d", p.section, line), code, fmt.Sprintf("Sekcja %s, wiersz %d: %s", p.section, line, pl),
		fmt.Sprintf("Section %s, line %d: %s", p.section, line, en))
	if len(p.wrong) >= maxReported {
		return errStop
	}
	return nil
}

// stop records what makes the rest unreadable.
func (p *parser) stop(line int, code, pl, en string) error {
	if err := p.fail(line, code, pl, en); err != nil {
		return err
	}
	return errStop
}

func (p *parser) read() error {
	p.section = "META"
	if err := p.title("META"); err != nil {
		return err
	}
	if err := p.meta(); err != nil {
		return err
	}
	if err := p.projects(); err != nil {
		return err
	}
	if err := p.votes(); err != nil {
		return err
	}
	return p.agree()
}

// text reads a line without its end; false at the end of the file.
func (p *parser) text() (string, bool, error) {
	if p.ahead {
		p.ahead = false
		return p.again, true, nil
	}
	if p.ended {
		return "", false, nil
	}
	var line []byte
	for {
		part, err := p.in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > 4*maxField {
			p.line++
			return "", false, p.stop(p.line, "too_long", "wiersz jest za długi.", "the line is too long.")
		}
		if err == nil {
			break
		}
		if errors.Is(err, io.EOF) {
			p.ended = true
			if len(line) == 0 {
				return "", false, nil
			}
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", false, err
		}
	}
	p.line++
	if p.line == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if !utf8.Valid(line) {
		return "", false, p.stop(p.line, "encoding", "tekst nie jest w UTF-8.", "the text is not UTF-8.")
	}
	if bytes.IndexByte(line, 0) >= 0 {
		return "", false, p.stop(p.line, "encoding", "w tekście jest znak zerowy.", "there is a zero byte in the text.")
	}
	return string(line), true, nil
}

// row reads the fields of the next row that is not blank; false at the end of the file. A title of a section comes as one field.
func (p *parser) row() ([]string, bool, error) {
	for {
		line, ok, err := p.text()
		if err != nil || !ok {
			return nil, false, err
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		p.first = p.line
		fields, err := p.split(line)
		return fields, err == nil, err
	}
}

// split cuts a row at its semicolons. A field in quotes may hold semicolons, quotes that are doubled, and ends of lines.
func (p *parser) split(line string) ([]string, error) {
	var fields []string
	for rest := line; ; {
		if len(fields) >= maxColumns {
			return nil, p.stop(p.first, "too_many", fmt.Sprintf("więcej niż %d pól.", maxColumns), fmt.Sprintf("more than %d fields.", maxColumns))
		}
		rest = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(rest, `"`) {
			field, after, more := strings.Cut(rest, ";")
			if strings.Contains(field, `"`) {
				return nil, p.stop(p.first, "quotes", `cudzysłów wewnątrz pola: całe pole bierze się w cudzysłów, a cudzysłowy w nim podwaja.`,
					`a quote inside a field: the whole field goes into quotes, and quotes in it are doubled.`)
			}
			if len(field) > maxField {
				return nil, p.stop(p.first, "too_long", "pole jest za długie.", "a field is too long.")
			}
			fields = append(fields, strings.TrimSpace(field))
			if !more {
				return fields, nil
			}
			rest = after
			continue
		}
		rest = rest[1:]
		var b strings.Builder
		for {
			part, after, closed := strings.Cut(rest, `"`)
			b.WriteString(part)
			if b.Len() > maxField {
				return nil, p.stop(p.first, "too_long", "pole w cudzysłowie jest za długie albo nie ma drugiego cudzysłowu.", "a field in quotes is too long, or its second quote is missing.")
			}
			if !closed {
				next, ok, err := p.text()
				if err != nil {
					return nil, err
				}
				if !ok {
					return nil, p.stop(p.first, "quotes", "brakuje drugiego cudzysłowu.", "the second quote is missing.")
				}
				b.WriteByte('\n')
				rest = next
				continue
			}
			if rest = after; !strings.HasPrefix(rest, `"`) {
				break
			}
			b.WriteByte('"')
			rest = rest[1:]
		}
		fields = append(fields, strings.TrimSpace(b.String()))
		if rest = strings.TrimLeft(rest, " \t"); rest == "" {
			return fields, nil
		}
		if !strings.HasPrefix(rest, ";") {
			return nil, p.stop(p.first, "quotes", "po cudzysłowie, który zamyka pole, oczekiwano średnika.", "expected a semicolon after the quote that closes a field.")
		}
		rest = rest[1:]
	}
}

// isTitle says whether the row begins a section.
func isTitle(fields []string) bool {
	return len(fields) == 1 && slices.Contains([]string{"META", "PROJECTS", "VOTES"}, strings.ToUpper(fields[0]))
}

// title reads the line that begins a section.
func (p *parser) title(section string) error {
	fields, ok, err := p.row()
	if err != nil {
		return err
	}
	if !ok {
		return p.stop(p.line+1, "missing", "plik kończy się przed sekcją "+section+".", "the file ends before the section "+section+".")
	}
	if len(fields) != 1 || strings.ToUpper(fields[0]) != section {
		return p.stop(p.first, "section", "oczekiwano wiersza „"+section+"”, a jest „"+short(fields[0])+"”.", `expected the line "`+section+`", got "`+short(fields[0])+`".`)
	}
	p.section = section
	return nil
}

// columns reads the names of a section's columns; needed ones have to be there.
func (p *parser) columns(needed ...string) (map[string]int, int, error) {
	fields, ok, err := p.row()
	if err != nil {
		return nil, 0, err
	}
	if !ok || isTitle(fields) {
		return nil, 0, p.stop(p.line, "missing", "brakuje wiersza z nazwami kolumn.", "the line with the names of the columns is missing.")
	}
	index := map[string]int{}
	for i, name := range fields {
		if _, twice := index[name]; twice {
			return nil, 0, p.stop(p.first, "duplicate", "kolumna „"+short(name)+"” jest dwa razy.", `the column "`+short(name)+`" is there twice.`)
		}
		index[name] = i
	}
	for _, name := range needed {
		if _, ok := index[name]; !ok {
			return nil, 0, p.stop(p.first, "missing", "brakuje kolumny „"+name+"”.", `the column "`+name+`" is missing.`)
		}
	}
	return index, len(fields), nil
}

// rows calls each for the rows of the section. The title that ends it is left for the next.
func (p *parser) rows(width int, each func(fields []string) error) error {
	for {
		fields, ok, err := p.row()
		if err != nil || !ok {
			return err
		}
		if isTitle(fields) {
			p.again, p.ahead = fields[0], true
			return nil
		}
		if len(fields) != width {
			err = p.fail(p.first, "columns", fmt.Sprintf("oczekiwano %d pól, jest %d.", width, len(fields)), fmt.Sprintf("expected %d fields, got %d.", width, len(fields)))
		} else {
			err = each(fields)
		}
		if err != nil {
			return err
		}
	}
}

// obligatory are the keys without which a file is none. The dates and the rule, which the format wants too, change nothing here.
var obligatory = []string{"description", "country", "unit", "instance", "num_projects", "num_votes", "budget", "vote_type"}

func (p *parser) meta() error {
	head, _, err := p.columns("key", "value")
	if err != nil {
		return err
	}
	start := p.first
	err = p.rows(len(head), func(f []string) error {
		key, value := f[head["key"]], f[head["value"]]
		if _, twice := p.e.Meta[key]; twice {
			return p.fail(p.first, "duplicate", "klucz „"+short(key)+"” jest dwa razy.", `the key "`+short(key)+`" is there twice.`)
		}
		if len(p.e.Meta) >= maxColumns {
			return p.stop(p.first, "too_many", "zbyt wiele kluczy.", "too many keys.")
		}
		p.e.Meta[key], p.metaLine[key] = value, p.first
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range obligatory {
		if p.e.Meta[key] == "" {
			line := p.metaLine[key]
			if line == 0 {
				line = start
			}
			if err := p.fail(line, "required", "brakuje obowiązkowego klucza „"+key+"”.", `the obligatory key "`+key+`" is missing.`); err != nil {
				return err
			}
		}
	}
	if len(p.wrong) > 0 {
		return errStop
	}
	e := p.e
	if e.VoteType = strings.ToLower(e.Meta["vote_type"]); !VoteTypes.Has(e.VoteType) {
		return p.stop(p.metaLine["vote_type"], "vocabulary", "nieznany sposób głosowania „"+short(e.VoteType)+"”; dozwolone: approval, choose-1, ordinal, cumulative, scoring.",
			`unknown vote_type "`+short(e.VoteType)+`"; allowed: approval, choose-1, ordinal, cumulative, scoring.`)
	}
	if err := p.numbers(); err != nil {
		return err
	}
	if len(p.wrong) > 0 {
		return errStop
	}
	return nil
}

// numbers reads the numbers of META.
func (p *parser) numbers() error {
	e, b := p.e, &p.bounds
	number := func(key string, places int, least, most int64) (*int64, error) {
		value, ok := e.Meta[key]
		if !ok || value == "" {
			return nil, nil
		}
		n, ok := fixed(value, places)
		scale := power(places)
		if !ok || n < least*scale || n > most*scale {
			return nil, p.fail(p.metaLine[key], "range", fmt.Sprintf("%s: „%s” nie jest liczbą od %d do %d%s.", key, short(value), least, most, atMostPL(places)),
				fmt.Sprintf(`%s: "%s" is no number from %d to %d%s.`, key, short(value), least, most, atMostEN(places)))
		}
		return &n, nil
	}
	var projects, votes, budget, minLength, maxLength, threshold, byDefault *int64
	for _, f := range []struct {
		key         string
		places      int
		least, most int64
		into        **int64
		types       []string // nil: every way of voting
	}{
		{"num_projects", 0, 1, MaxProjects, &projects, nil},
		{"num_votes", 0, 1, MaxVotes, &votes, nil},
		{"budget", 2, 1, maxAmount, &budget, nil},
		{"min_length", 0, 0, MaxProjects, &minLength, nil},
		{"max_length", 0, 1, MaxProjects, &maxLength, nil},
		{"min_project_score_threshold", 6, 0, maxPoints * 1_000_000, &threshold, nil},
		{"min_sum_cost", 2, 0, maxAmount, &b.minCost, []string{Approval, ChooseOne}},
		{"max_sum_cost", 2, 0, maxAmount, &b.maxCost, []string{Approval, ChooseOne}},
		{"min_points", 6, -maxPoints, maxPoints, &b.minPoints, []string{Cumulative, Scoring}},
		{"max_points", 6, -maxPoints, maxPoints, &b.maxPoints, []string{Cumulative, Scoring}},
		{"min_sum_points", 6, 0, maxPoints, &b.minSumPoints, []string{Cumulative}},
		{"max_sum_points", 6, 0, maxPoints, &b.maxSumPoints, []string{Cumulative}},
		{"default_score", 6, -maxPoints, maxPoints, &byDefault, []string{Scoring}},
	} {
		if f.types != nil && !slices.Contains(f.types, e.VoteType) {
			continue
		}
		n, err := number(f.key, f.places, f.least, f.most)
		if err != nil {
			return err
		}
		*f.into = n
	}
	if e.VoteType == Cumulative && e.Meta["max_sum_points"] == "" {
		if err := p.fail(p.metaLine["vote_type"], "required", "głosowanie cumulative wymaga klucza „max_sum_points”.", `a cumulative vote needs the key "max_sum_points".`); err != nil {
			return err
		}
	}
	if s := e.Meta["scoring_fn"]; e.VoteType == Ordinal && s != "" && !strings.EqualFold(s, "borda") {
		if err := p.fail(p.metaLine["scoring_fn"], "vocabulary", "nieobsługiwana funkcja „"+short(s)+"”; obsługiwana: Borda.", `the function "`+short(s)+`" is not taken; taken: Borda.`); err != nil {
			return err
		}
	}
	if len(p.wrong) > 0 {
		return nil
	}
	e.Budget = Money(*budget)
	b.minLength, b.maxLength = 1, int(*projects)
	if e.VoteType == ChooseOne {
		b.maxLength = 1
	}
	if minLength != nil {
		b.minLength = int(*minLength)
	}
	if maxLength != nil {
		b.maxLength = min(b.maxLength, int(*maxLength))
	}
	if b.minLength > b.maxLength {
		return p.fail(p.metaLine["min_length"], "order", "min_length jest większe niż najdłuższa dozwolona karta.", "min_length is above the longest ballot that is allowed.")
	}
	if threshold != nil {
		e.Threshold = Points(*threshold)
	}
	if byDefault != nil {
		e.DefaultScore = Points(*byDefault)
	}
	e.longest = b.maxLength
	if *votes**projects > MaxChoices && e.DefaultScore > 0 {
		return tooLarge("Domyślna ocena daje zbyt wiele głosów: najwyżej 20 milionów.", "The default score makes too many choices: at most 20 million.")
	}
	return nil
}

func (p *parser) projects() error {
	if err := p.title("PROJECTS"); err != nil {
		return err
	}
	head, width, err := p.columns("project_id", "cost")
	if err != nil {
		return err
	}
	p.index = map[string]int32{}
	err = p.rows(width, func(f []string) error {
		if len(p.e.Projects) >= MaxProjects {
			return tooLarge("Plik .pb ma więcej niż 10 000 projektów.", "The .pb file has more than 10,000 projects.")
		}
		return p.project(head, f)
	})
	if err != nil {
		return err
	}
	if want, _ := strconv.Atoi(p.e.Meta["num_projects"]); want != len(p.e.Projects) && len(p.wrong) == 0 {
		return p.stop(p.line, "count", fmt.Sprintf("num_projects mówi o %d projektach, jest %d.", want, len(p.e.Projects)), fmt.Sprintf("num_projects says %d projects, there are %d.", want, len(p.e.Projects)))
	}
	p.seen = make([]int, len(p.e.Projects))
	return nil
}

func (p *parser) project(head map[string]int, f []string) error {
	field := func(name string) string {
		if i, ok := head[name]; ok {
			return f[i]
		}
		return ""
	}
	project, says := Project{ID: field("project_id"), Name: field("name")}, stated{line: p.first}
	if project.ID == "" || strings.Contains(project.ID, ",") {
		return p.fail(p.first, "required", "project_id jest puste albo ma przecinek.", "project_id is empty or has a comma.")
	}
	if _, twice := p.index[project.ID]; twice {
		return p.fail(p.first, "duplicate", "projekt „"+short(project.ID)+"” jest dwa razy.", `the project "`+short(project.ID)+`" is there twice.`)
	}
	cost, ok := fixed(field("cost"), 2)
	if !ok || cost <= 0 || cost > maxAmount*int64(unit) {
		return p.fail(p.first, "range", "koszt „"+short(field("cost"))+"” nie jest kwotą większą od zera z najwyżej dwoma miejscami po kropce.",
			`the cost "`+short(field("cost"))+`" is no amount above zero with at most two decimals.`)
	}
	project.Cost = Money(cost)
	for _, c := range []struct {
		name   string
		places int
		into   **int64
	}{{"votes", 0, &says.votes}, {"score", 6, &says.score}} {
		value := field(c.name)
		if value == "" {
			continue
		}
		n, ok := fixed(value, c.places)
		if !ok {
			return p.fail(p.first, "type", c.name+": „"+short(value)+"” nie jest liczbą.", c.name+`: "`+short(value)+`" is no number.`)
		}
		*c.into = &n
	}
	if value := field("selected"); value != "" {
		n, err := strconv.Atoi(value)
		if err != nil {
			return p.fail(p.first, "type", "selected: „"+short(value)+"” nie jest liczbą całkowitą.", `selected: "`+short(value)+`" is no whole number.`)
		}
		project.Selected = &n
	}
	if lat, lon := field("latitude"), field("longitude"); lat != "" && lon != "" {
		y, errY := strconv.ParseFloat(lat, 64)
		x, errX := strconv.ParseFloat(lon, 64)
		if errX != nil || errY != nil || !(y >= -90 && y <= 90 && x >= -180 && x <= 180) {
			return p.fail(p.first, "range", "latitude i longitude nie są położeniem w stopniach.", "latitude and longitude are no position in degrees.")
		}
		project.Longitude, project.Latitude, project.HasPosition = x, y, true
	}
	p.index[project.ID] = int32(len(p.e.Projects))
	p.e.Projects = append(p.e.Projects, project)
	p.stated = append(p.stated, says)
	return nil
}

func (p *parser) votes() error {
	if err := p.title("VOTES"); err != nil {
		return err
	}
	needed := []string{"voter_id", "vote"}
	if p.e.VoteType == Cumulative || p.e.VoteType == Scoring {
		needed = append(needed, "points")
	}
	head, width, err := p.columns(needed...)
	if err != nil {
		return err
	}
	want, _ := strconv.Atoi(p.e.Meta["num_votes"])
	voters := make(map[string]struct{}, min(want, MaxVotes))
	err = p.rows(width, func(f []string) error {
		if len(p.e.Ballots) >= MaxVotes {
			return tooLarge("Plik .pb ma więcej niż 2 000 000 głosów.", "The .pb file has more than 2,000,000 votes.")
		}
		id := f[head["voter_id"]]
		if id == "" {
			return p.fail(p.first, "required", "voter_id jest puste.", "voter_id is empty.")
		}
		if _, twice := voters[id]; twice {
			return p.fail(p.first, "duplicate", "ten głosujący już głosował.", "this voter has voted already.")
		}
		voters[id] = struct{}{}
		points := ""
		if len(needed) == 3 {
			points = f[head["points"]]
		}
		return p.ballot(f[head["vote"]], points)
	})
	if err != nil {
		return err
	}
	if p.ahead {
		return p.stop(p.first, "section", "sekcja „"+p.again+"” po sekcji VOTES.", `the section "`+p.again+`" after the section VOTES.`)
	}
	if want != len(p.e.Ballots) && len(p.wrong) == 0 {
		return p.stop(p.line, "count", fmt.Sprintf("num_votes mówi o %d głosach, jest %d.", want, len(p.e.Ballots)), fmt.Sprintf("num_votes says %d votes, there are %d.", want, len(p.e.Ballots)))
	}
	return nil
}

// ballot reads a vote and keeps it when it keeps the file's rules.
func (p *parser) ballot(vote, points string) error {
	var ids, given []string
	if vote != "" {
		ids = strings.Split(vote, ",")
	}
	if points != "" {
		given = strings.Split(points, ",")
	}
	if p.choices += len(ids); p.choices > MaxChoices {
		return tooLarge("Głosy w pliku .pb wskazują zbyt wiele projektów: najwyżej 20 milionów.", "The votes of the .pb file name too many projects: at most 20 million.")
	}
	scored := p.e.VoteType == Cumulative || p.e.VoteType == Scoring
	if scored && len(given) != len(ids) {
		return p.fail(p.first, "points", fmt.Sprintf("projektów jest %d, a punktów %d.", len(ids), len(given)), fmt.Sprintf("%d projects, but %d points.", len(ids), len(given)))
	}
	b := &p.bounds
	if len(ids) < b.minLength || len(ids) > b.maxLength {
		return p.fail(p.first, "length", fmt.Sprintf("na karcie może być od %d do %d projektów, jest %d.", b.minLength, b.maxLength, len(ids)),
			fmt.Sprintf("a ballot may name from %d to %d projects, got %d.", b.minLength, b.maxLength, len(ids)))
	}
	number := len(p.e.Ballots) + 1
	ballot, cost, sum := make(Ballot, len(ids)), int64(0), int64(0)
	for i, id := range ids {
		id = strings.TrimSpace(id)
		index, ok := p.index[id]
		if !ok {
			return p.fail(p.first, "unknown", "nie ma projektu „"+short(id)+"”.", `there is no project "`+short(id)+`".`)
		}
		if p.seen[index] == number {
			p.unsee(ballot[:i])
			return p.fail(p.first, "duplicate", "projekt „"+short(id)+"” jest na karcie dwa razy.", `the project "`+short(id)+`" is on the ballot twice.`)
		}
		p.seen[index] = number
		ballot[i] = Choice{index, one}
		cost += int64(p.e.Projects[index].Cost)
		switch {
		case scored:
			n, ok := fixed(strings.TrimSpace(given[i]), 6)
			if !ok || n < -maxPoints*int64(one) || n > maxPoints*int64(one) || b.minPoints != nil && n < *b.minPoints || b.maxPoints != nil && n > *b.maxPoints || p.e.VoteType == Cumulative && n < 0 {
				p.unsee(ballot[:i+1])
				return p.fail(p.first, "range", "punkty „"+short(given[i])+"” nie są dozwolone.", `the points "`+short(given[i])+`" are not allowed.`)
			}
			ballot[i].Points = Points(n)
			sum += n
		case p.e.VoteType == Ordinal:
			ballot[i].Points = one * Points(p.e.longest-i)
		}
	}
	if b.minCost != nil && cost < *b.minCost || b.maxCost != nil && cost > *b.maxCost {
		p.unsee(ballot)
		return p.fail(p.first, "sum", "suma kosztów projektów na karcie jest poza dozwoloną (min_sum_cost, max_sum_cost).", "the projects on the ballot cost less or more than allowed (min_sum_cost, max_sum_cost).")
	}
	if b.minSumPoints != nil && sum < *b.minSumPoints || b.maxSumPoints != nil && sum > *b.maxSumPoints {
		p.unsee(ballot)
		return p.fail(p.first, "sum", "suma punktów "+Points(sum).String()+" jest poza dozwoloną (min_sum_points, max_sum_points).", "the sum of points "+Points(sum).String()+" is outside what is allowed (min_sum_points, max_sum_points).")
	}
	p.e.Ballots = append(p.e.Ballots, ballot)
	return nil
}

// unsee forgets what a refused ballot named: the next one has its number.
func (p *parser) unsee(b Ballot) {
	for _, c := range b {
		p.seen[c.Project] = 0
	}
}

// agree compares what the file says of the projects' votes with the votes.
func (p *parser) agree() error {
	if len(p.wrong) > 0 {
		return nil
	}
	p.e.count()
	p.section = "PROJECTS"
	named := make([]int64, len(p.e.Projects))
	for _, b := range p.e.Ballots {
		for _, c := range b {
			named[c.Project]++
		}
	}
	for i, s := range p.stated {
		project := &p.e.Projects[i]
		if s.votes != nil && *s.votes != named[i] {
			if err := p.fail(s.line, "count", fmt.Sprintf("projekt „%s” ma mieć głosów %d, w sekcji VOTES jest %d.", short(project.ID), *s.votes, named[i]),
				fmt.Sprintf(`the project "%s" is said to have %d votes, the section VOTES has %d.`, short(project.ID), *s.votes, named[i])); err != nil {
				return err
			}
		}
		// what the score of a ranking is depends on the organiser
		if s.score != nil && p.e.VoteType != Ordinal && Points(*s.score) != project.Score {
			if err := p.fail(s.line, "count", fmt.Sprintf("projekt „%s” ma mieć punktów %s, w sekcji VOTES jest %s.", short(project.ID), Points(*s.score), project.Score),
				fmt.Sprintf(`the project "%s" is said to have a score of %s, the section VOTES gives %s.`, short(project.ID), Points(*s.score), project.Score)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fixed reads a decimal number exactly as so many units of its last place; false when it is none, has more places or does not fit.
func fixed(s string, places int) (int64, bool) {
	sign := int64(1)
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	whole, rest, _ := strings.Cut(s, ".")
	rest = strings.TrimRight(rest, "0")
	if whole == "" || len(whole) > 15 || len(rest) > places {
		return 0, false
	}
	for _, c := range whole + rest {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(whole+rest+strings.Repeat("0", places-len(rest)), 10, 64)
	return sign * n, err == nil
}

func power(places int) int64 {
	n := int64(1)
	for range places {
		n *= 10
	}
	return n
}

func atMostPL(places int) string {
	if places == 0 {
		return " (całkowitą)"
	}
	return fmt.Sprintf(" (najwyżej %d miejsc po kropce)", places)
}

func atMostEN(places int) string {
	if places == 0 {
		return " (whole)"
	}
	return fmt.Sprintf(" (at most %d decimals)", places)
}

// short is a value as a message may repeat it.
func short(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) > 60 {
		return string([]rune(s)[:60]) + "…"
	}
	return s
}
