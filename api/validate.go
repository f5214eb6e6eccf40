package api

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"

	"wolnica/models"
)

// rules is the one validator, with the code lists that were registered with it.
var rules = struct {
	sync.RWMutex
	validate *validator.Validate
	codes    map[string]func() []string
}{validate: validator.New(validator.WithRequiredStructEnabled()), codes: map[string]func() []string{}}

// RegisterCodes makes tag a validation rule for strings that come from a code list: has says whether a code is on it,
// allowed lists the codes in the order they are shown in messages and documented as an enum. It is called before the
// routes are mounted; a tag that is already taken is an error of the programmer and panics.
func RegisterCodes(tag string, has func(string) bool, allowed func() []string) {
	rules.Lock()
	defer rules.Unlock()
	if _, taken := rules.codes[tag]; taken || ruleMessages[tag] != nil {
		panic(fmt.Sprintf("validation tag %q is already registered", tag))
	}
	check := func(fl validator.FieldLevel) bool {
		return fl.Field().Kind() == reflect.String && has(fl.Field().String())
	}
	if err := rules.validate.RegisterValidation(tag, check); err != nil {
		panic(err)
	}
	rules.codes[tag] = allowed
}

// codesOf returns the codes of a registered tag.
func codesOf(tag string) ([]string, bool) {
	rules.RLock()
	allowed, ok := rules.codes[tag]
	rules.RUnlock()
	if !ok {
		return nil, false
	}
	return allowed(), true
}

// validate checks the tags of a bound input. A fault of a parameter makes the request malformed, as a wrong type there
// does; faults of the body alone make it invalid.
func (in *input) validate(v reflect.Value) error {
	faults, err := check(v.Addr().Interface())
	if err != nil || len(faults) == 0 {
		return err
	}
	var params, body []models.FieldError
	for _, f := range faults {
		field, rest := fieldOf(in.typ, f.StructNamespace())
		if _, isBody := field.Tag.Lookup("body"); isBody {
			out := fieldError(f, parentOf(field.Type, rest))
			out.Pointer = pointerOf(field.Type, rest)
			body = append(body, out)
			continue
		}
		out := fieldError(f, in.typ)
		for _, where := range []string{"path", "query", "header"} {
			if name := field.Tag.Get(where); name != "" {
				out.Parameter = name
			}
		}
		if field.Tag.Get("path") != "" {
			return models.ErrNotFound()
		}
		params = append(params, out)
	}
	if len(params) > 0 {
		return &models.Error{Code: models.CodeMalformed, Message: malformedParameters, Fields: append(params, body...)}
	}
	return models.Fields(body).Err()
}

// validateBody checks the tags of a decoded value, a pointer; the pointers of its faults start at that value.
func validateBody(v any) error {
	t := reflect.TypeOf(v)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	faults, err := check(v)
	if err != nil {
		return err
	}
	var out models.Fields
	for _, f := range faults {
		rest := belowRoot(t, f.StructNamespace())
		e := fieldError(f, parentOf(t, rest))
		e.Pointer = pointerOf(t, rest)
		out = append(out, e)
	}
	return out.Err()
}

func check(v any) (validator.ValidationErrors, error) {
	rules.RLock()
	defer rules.RUnlock()
	err := rules.validate.Struct(v)
	var faults validator.ValidationErrors
	if err == nil || errors.As(err, &faults) {
		return faults, nil
	}
	return nil, fmt.Errorf("validate %T: %w", v, err)
}

// A namespace of the validator is Go names with indexes, "placeIn.Body.Stops[0].PlaceID"; those below walk one through
// the types to find JSON names.

// belowRoot takes the name of the root type off a namespace. The name of a generic type has dots of its own.
func belowRoot(t reflect.Type, namespace string) string {
	return strings.TrimPrefix(strings.TrimPrefix(namespace, t.Name()), ".")
}

// fieldOf returns the first field of In that a namespace goes to, through embedded structs, and the rest of it.
func fieldOf(t reflect.Type, namespace string) (reflect.StructField, string) {
	rest := belowRoot(t, namespace)
	for {
		name, after := splitName(rest)
		f, ok := t.FieldByName(name)
		if !ok {
			return f, ""
		}
		if !f.Anonymous {
			return f, after
		}
		t, rest = f.Type, strings.TrimPrefix(after, ".")
	}
}

// splitName cuts the leading Go identifier off.
func splitName(s string) (name, rest string) {
	if i := strings.IndexAny(s, ".["); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// walk follows path from t, calling step with each token of the JSON pointer and the type it was found in.
func walk(t reflect.Type, path string, step func(token string, parent reflect.Type)) {
	for path != "" {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if path[0] == '[' {
			end := strings.IndexByte(path, ']')
			if end < 0 || t.Kind() != reflect.Slice && t.Kind() != reflect.Array && t.Kind() != reflect.Map {
				return
			}
			step(path[1:end], t)
			t, path = t.Elem(), path[end+1:]
			continue
		}
		name, rest := splitName(strings.TrimPrefix(path, "."))
		if t.Kind() != reflect.Struct {
			return
		}
		f, ok := t.FieldByName(name)
		if !ok {
			return
		}
		if !f.Anonymous || f.Tag.Get("json") != "" {
			step(jsonName(f), t)
		}
		t, path = f.Type, rest
	}
}

func jsonName(f reflect.StructField) string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	return f.Name
}

func pointerOf(t reflect.Type, path string) string {
	var b strings.Builder
	walk(t, path, func(token string, _ reflect.Type) { b.WriteString("/" + escapePointer(token)) })
	return b.String()
}

// parentOf returns the struct the last field of a path is in, where the other field of a rule like gtefield is found.
func parentOf(t reflect.Type, path string) reflect.Type {
	parent := t
	walk(t, path, func(_ string, p reflect.Type) {
		if p.Kind() == reflect.Struct {
			parent = p
		}
	})
	return parent
}

// fieldError words one broken rule; the caller says where it was.
func fieldError(f validator.FieldError, parent reflect.Type) models.FieldError {
	t := f.Type()
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var out models.FieldError
	for i, alternative := range strings.Split(f.Tag(), "|") {
		tag, argument, given := strings.Cut(alternative, "=")
		if !given {
			argument = f.Param()
		}
		code, text, _ := ruleMessage(tag, argument, t, parent)
		if i == 0 {
			out.Code, out.Message = code, text
			continue
		}
		out.Message.PL += " Albo: " + text.PL
		out.Message.EN += " Or: " + text.EN
	}
	return out
}

// A rule is what breaking one validation tag means: a stable code, and a message made from the tag's argument.
type rule struct {
	code string
	text func(argument string, t, parent reflect.Type) models.Text
}

// ruleMessage words a broken rule; ok is false for a tag without a message.
func ruleMessage(tag, argument string, t, parent reflect.Type) (code string, text models.Text, ok bool) {
	if allowed, isCodes := codesOf(tag); isCodes {
		return "vocabulary", oneOf(allowed), true
	}
	if r := ruleMessages[tag]; r != nil {
		return r.code, r.text(argument, t, parent), true
	}
	return "invalid", models.Text{PL: "Wartość nie spełnia reguły " + tag + ".", EN: "The value does not satisfy the rule " + tag + "."}, false
}

// notRules are the validator's tags that steer it and cannot fail.
var notRules = []string{"omitempty", "omitnil", "omitzero", "dive", "keys", "endkeys", "structonly", "nostructlevel", "-"}

var ruleMessages = map[string]*rule{
	"required":             fixed("required", "Pole jest wymagane.", "The field is required."),
	"required_with":        relation("required", "Wymagane, gdy podano: %s.", "Required when given: %s."),
	"required_with_all":    relation("required", "Wymagane, gdy podano wszystkie: %s.", "Required when all are given: %s."),
	"required_without":     relation("required", "Wymagane, gdy nie podano: %s.", "Required when missing: %s."),
	"required_without_all": relation("required", "Wymagane, gdy nie podano żadnego z: %s.", "Required when none is given of: %s."),
	"required_if":          condition("required", "Wymagane, gdy %s.", "Required when %s."),
	"required_unless":      condition("required", "Wymagane, chyba że %s.", "Required unless %s."),
	"excluded_with":        relation("excluded", "Niedozwolone razem z: %s.", "Not allowed together with: %s."),
	"excluded_without":     relation("excluded", "Niedozwolone bez: %s.", "Not allowed without: %s."),
	"excluded_if":          condition("excluded", "Niedozwolone, gdy %s.", "Not allowed when %s."),
	"excluded_unless":      condition("excluded", "Niedozwolone, chyba że %s.", "Not allowed unless %s."),

	"min": bound("najmniej", "at least"),
	"gte": bound("najmniej", "at least"),
	"max": bound("najwyżej", "at most"),
	"lte": bound("najwyżej", "at most"),
	"gt":  bound("więcej niż", "more than"),
	"lt":  bound("mniej niż", "less than"),
	"len": bound("dokładnie", "exactly"),
	"eq":  one("value", "Dozwolona wartość: %s.", "Allowed value: %s."),
	"ne":  one("value", "Niedozwolona wartość: %s.", "Value not allowed: %s."),

	"eqfield":  relation("relation", "Musi być równe polu %s.", "Must equal the field %s."),
	"nefield":  relation("relation", "Musi różnić się od pola %s.", "Must differ from the field %s."),
	"gtfield":  relation("relation", "Musi być większe (późniejsze) niż pole %s.", "Must be greater (later) than the field %s."),
	"gtefield": relation("relation", "Nie może być mniejsze (wcześniejsze) niż pole %s.", "Must not be less (earlier) than the field %s."),
	"ltfield":  relation("relation", "Musi być mniejsze (wcześniejsze) niż pole %s.", "Must be less (earlier) than the field %s."),
	"ltefield": relation("relation", "Nie może być większe (późniejsze) niż pole %s.", "Must not be greater (later) than the field %s."),

	"oneof": {"vocabulary", func(argument string, _, _ reflect.Type) models.Text { return oneOf(oneOfValues(argument)) }},
	"unique": {"unique", func(argument string, _, parent reflect.Type) models.Text {
		return models.Text{PL: "Wartości nie mogą się powtarzać.", EN: "The values must not repeat."}
	}},

	"email":     fixed("format", "Oczekiwano adresu e-mail.", "Expected an e-mail address."),
	"url":       fixed("format", "Oczekiwano pełnego adresu, np. https://example.org/.", "Expected a full address such as https://example.org/."),
	"http_url":  fixed("format", "Oczekiwano adresu http albo https.", "Expected an http or https address."),
	"https_url": fixed("format", "Oczekiwano adresu https.", "Expected an https address."),
	"uri":       fixed("format", "Oczekiwano identyfikatora URI.", "Expected a URI."),
	"uuid":      fixed("format", "Oczekiwano identyfikatora UUID.", "Expected a UUID."),
	"datetime": {"format", func(layout string, _, _ reflect.Type) models.Text {
		return models.Text{PL: "Oczekiwano daty w postaci " + layoutWords(layout, "RRRR", "MM", "DD") + ".",
			EN: "Expected a date in the form " + layoutWords(layout, "YYYY", "MM", "DD") + "."}
	}},
	"timezone":           fixed("format", "Oczekiwano nazwy strefy czasowej, np. Europe/Warsaw.", "Expected a time zone name such as Europe/Warsaw."),
	"latitude":           fixed("range", "Oczekiwano szerokości geograficznej od -90 do 90.", "Expected a latitude from -90 to 90."),
	"longitude":          fixed("range", "Oczekiwano długości geograficznej od -180 do 180.", "Expected a longitude from -180 to 180."),
	"e164":               fixed("format", "Oczekiwano numeru telefonu, np. +48123456789.", "Expected a phone number such as +48123456789."),
	"hexcolor":           fixed("format", "Oczekiwano barwy, np. #1f6f5c.", "Expected a colour such as #1f6f5c."),
	"bcp47_language_tag": fixed("format", "Oczekiwano kodu języka BCP 47, np. pl.", "Expected a BCP 47 language tag such as pl."),
	"iso3166_1_alpha2":   fixed("vocabulary", "Oczekiwano dwuliterowego kodu kraju, np. PL.", "Expected a two-letter country code such as PL."),
	"iso4217":            fixed("vocabulary", "Oczekiwano kodu waluty, np. PLN.", "Expected a currency code such as PLN."),
	"numeric":            fixed("format", "Dozwolone są tylko cyfry z ewentualną kropką i znakiem.", "Only digits with an optional point and sign are allowed."),
	"number":             fixed("format", "Dozwolone są tylko cyfry.", "Only digits are allowed."),
	"alpha":              fixed("format", "Dozwolone są tylko litery a-z i A-Z.", "Only the letters a-z and A-Z are allowed."),
	"alphanum":           fixed("format", "Dozwolone są tylko litery a-z, A-Z i cyfry.", "Only the letters a-z, A-Z and digits are allowed."),
	"ascii":              fixed("format", "Dozwolone są tylko znaki ASCII.", "Only ASCII characters are allowed."),
	"printascii":         fixed("format", "Dozwolone są tylko drukowalne znaki ASCII.", "Only printable ASCII characters are allowed."),
	"lowercase":          fixed("format", "Dozwolone są tylko małe litery.", "Only lower-case letters are allowed."),
	"uppercase":          fixed("format", "Dozwolone są tylko wielkie litery.", "Only upper-case letters are allowed."),
	"startswith":         one("format", "Musi zaczynać się od %s.", "Must start with %s."),
	"endswith":           one("format", "Musi kończyć się na %s.", "Must end with %s."),
	"contains":           one("format", "Musi zawierać %s.", "Must contain %s."),
	"excludesall":        one("format", "Niedozwolone znaki: %s.", "Characters not allowed: %s."),
	"excludes":           one("format", "Nie może zawierać %s.", "Must not contain %s."),
}

func fixed(code, pl, en string) *rule {
	return &rule{code, func(string, reflect.Type, reflect.Type) models.Text { return models.Text{PL: pl, EN: en} }}
}

func one(code, pl, en string) *rule {
	return &rule{code, func(argument string, _, _ reflect.Type) models.Text {
		return models.Text{PL: fmt.Sprintf(pl, argument), EN: fmt.Sprintf(en, argument)}
	}}
}

// relation words a rule whose argument is Go names of other fields.
func relation(code, pl, en string) *rule {
	return &rule{code, func(argument string, _, parent reflect.Type) models.Text {
		var names []string
		for _, name := range strings.Fields(argument) {
			names = append(names, otherName(parent, name))
		}
		list := strings.Join(names, ", ")
		return models.Text{PL: fmt.Sprintf(pl, list), EN: fmt.Sprintf(en, list)}
	}}
}

// condition words a rule whose argument is pairs of a Go name and a value.
func condition(code, pl, en string) *rule {
	return &rule{code, func(argument string, _, parent reflect.Type) models.Text {
		words := oneOfValues(argument)
		var pairs []string
		for pair := range slices.Chunk(words, 2) {
			if len(pair) == 2 {
				pairs = append(pairs, otherName(parent, pair[0])+" = "+pair[1])
			}
		}
		list := strings.Join(pairs, ", ")
		return models.Text{PL: fmt.Sprintf(pl, list), EN: fmt.Sprintf(en, list)}
	}}
}

func otherName(parent reflect.Type, name string) string {
	if parent != nil && parent.Kind() == reflect.Struct {
		if f, ok := parent.FieldByName(name); ok {
			for _, where := range []string{"query", "header", "path"} {
				if n := f.Tag.Get(where); n != "" {
					return n
				}
			}
			return jsonName(f)
		}
	}
	return name
}

// bound words a limit by what it limits: a number, the characters of a string, the items of a list.
func bound(pl, en string) *rule {
	return &rule{"range", func(argument string, t, _ reflect.Type) models.Text {
		if t != nil {
			switch t.Kind() {
			case reflect.String:
				return models.Text{PL: "Dozwolona liczba znaków: " + pl + " " + argument + ".",
					EN: "Allowed number of characters: " + en + " " + argument + "."}
			case reflect.Slice, reflect.Array, reflect.Map:
				return models.Text{PL: "Dozwolona liczba elementów: " + pl + " " + argument + ".",
					EN: "Allowed number of items: " + en + " " + argument + "."}
			case reflect.Struct:
				if argument == "" {
					return models.Text{PL: "Data jest poza dozwolonym zakresem.", EN: "The date is outside the allowed range."}
				}
			}
		}
		return models.Text{PL: "Dozwolona wartość: " + pl + " " + argument + ".", EN: "Allowed value: " + en + " " + argument + "."}
	}}
}

func oneOf(values []string) models.Text {
	list := strings.Join(values, ", ")
	return models.Text{PL: "Dozwolone wartości: " + list + ".", EN: "Allowed values: " + list + "."}
}

var oneOfWord = regexp.MustCompile(`'[^']*'|\S+`)

// oneOfValues splits the argument of oneof as the validator does: by spaces, with quotes around a value that has one.
func oneOfValues(argument string) []string {
	words := oneOfWord.FindAllString(argument, -1)
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "'", "")
	}
	return words
}

func layoutWords(layout, year, month, day string) string {
	return strings.NewReplacer("2006", year, "01", month, "02", day, "15", "hh", "04", "mm", "05", "ss").Replace(layout)
}

// A tagRule is one rule of a validate tag, with its argument.
type tagRule struct{ name, argument string }

// tagRules splits a validate tag; inner are the rules after dive, for the items of a list.
func tagRules(tag string) (own, inner []tagRule) {
	list := &own
	for part := range strings.SplitSeq(tag, ",") {
		if part == "" {
			continue
		}
		if part == "dive" {
			list = &inner
			continue
		}
		for alternative := range strings.SplitSeq(part, "|") {
			name, argument, _ := strings.Cut(alternative, "=")
			*list = append(*list, tagRule{name, strings.ReplaceAll(argument, "0x2C", ",")})
		}
	}
	return own, inner
}

// checkTags reports the first validate tag below t that has no message, or that no validation is registered for.
func checkTags(t reflect.Type, seen map[reflect.Type]bool) error {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	if p, ok := reflect.New(t).Interface().(patchBody); ok {
		return checkTags(p.target(), seen)
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		own, inner := tagRules(f.Tag.Get("validate"))
		for _, r := range append(own, inner...) {
			if slices.Contains(notRules, r.name) {
				continue
			}
			if _, _, ok := ruleMessage(r.name, r.argument, f.Type, t); !ok {
				return fmt.Errorf("%s.%s: the validation tag %q has no message", t, f.Name, r.name)
			}
		}
		if err := checkTags(f.Type, seen); err != nil {
			return err
		}
	}
	return nil
}
