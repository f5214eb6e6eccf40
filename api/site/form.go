package site

import (
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"wolnica/models"
)

// formLimit is the largest form taken, in bytes.
const formLimit = 256 << 10

// form reads the fields of a POST into a struct:
//
//	Email  string       `form:"email"`
//	Number int64        `form:"number"`
//	Width  *float64     `form:"width"`        // empty is nil; 4,5 and 4.5 are the same
//	Day    *models.Date `form:"day"`          // empty is nil
//	Agreed bool         `form:"agreed"`       // a ticked box
//	Codes  []string     `form:"code"`         // ticked boxes of one name
//
// A string is at most 4000 characters long unless `max:"n"` says otherwise; spaces around it are cut off, but for `raw:"true"`.
// A body that is no form, one too large, a field that the struct does not have, one given twice and text that is no UTF-8
// are CodeMalformed, which no person typing into our own form meets. A value that cannot be read is CodeInvalid with the name of
// its field, and the other fields are set all the same, so that the form can be shown again with what was typed.
func (v *visit) form(into any) error {
	values, err := v.formValues()
	if err != nil {
		return err
	}
	return bindValues(values, into, true)
}

// formValues reads the fields of a POST as they are, for a form of which the fields are not known beforehand. Text that is no UTF-8 is
// CodeMalformed.
func (v *visit) formValues() (url.Values, error) {
	r := v.gin.Request
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, models.NewError(models.CodeUnsupportedMedia, "Oczekiwano formularza.", "Expected a form.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(v.gin.Writer, r.Body, formLimit))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, err
		}
		return nil, malformedForm()
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, malformedForm()
	}
	for _, given := range values {
		for _, s := range given {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				return nil, malformedForm()
			}
		}
	}
	return values, nil
}

// query reads the parameters of the address the same way, but leaves aside those the struct does not have: links to
// public pages get parameters of other people's programs.
func (v *visit) query(into any) error { return bindValues(v.gin.Request.URL.Query(), into, false) }

func malformedForm() error {
	return models.NewError(models.CodeMalformed, "Formularza nie da się odczytać.", "The form cannot be read.")
}

func bindValues(values url.Values, into any, strict bool) error {
	out := reflect.ValueOf(into).Elem()
	known := map[string]bool{}
	var fields models.Fields
	for i := range out.NumField() {
		f := out.Type().Field(i)
		name := f.Tag.Get("form")
		if name == "" {
			continue
		}
		known[name] = true
		given := values[name]
		if len(given) == 0 {
			continue
		}
		if f.Type.Kind() != reflect.Slice && len(given) > 1 || len(given) > 1000 {
			return malformedForm()
		}
		most := 4000
		if s := f.Tag.Get("max"); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil {
				return fmt.Errorf("form field %s: %w", name, err)
			}
			most = n
		}
		for j, s := range given {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				return malformedForm()
			}
			s = strings.ReplaceAll(s, "\r\n", "\n")
			if f.Tag.Get("raw") == "" {
				s = strings.TrimSpace(s)
			}
			given[j] = s
			if utf8.RuneCountInString(s) > most {
				fields = append(fields, models.FieldError{Parameter: name, Code: "max", Message: models.Text{
					PL: fmt.Sprintf("Najwyżej %d znaków.", most), EN: fmt.Sprintf("At most %d characters.", most)}})
			}
		}
		if wrong := setValue(out.Field(i), given); wrong != nil {
			fields = append(fields, models.FieldError{Parameter: name, Code: "type", Message: *wrong})
		}
	}
	if strict {
		for name := range values {
			if !known[name] {
				return malformedForm()
			}
		}
	}
	return fields.Err()
}

// setValue sets a field to what was typed; wrong says what is expected instead. A type that is none of those named at form is
// a fault of the program.
func setValue(to reflect.Value, given []string) (wrong *models.Text) {
	s := given[0]
	switch p := to.Addr().Interface().(type) {
	case *string:
		*p = s
	case *[]string:
		*p = given
	case *bool:
		*p = s != ""
	case *int64:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil && s != "" {
			return &models.Text{PL: "Podaj liczbę całkowitą.", EN: "Give a whole number."}
		}
		*p = n
	case **float64:
		if s == "" {
			return nil
		}
		x, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || strings.ContainsAny(s, "xXpP_") {
			return &models.Text{PL: "Podaj liczbę, np. 4,5.", EN: "Give a number, such as 4.5."}
		}
		*p = &x
	case **models.Date:
		if s == "" {
			return nil
		}
		d, err := models.ParseDate(s)
		if err != nil {
			return &models.Text{PL: "Podaj datę jako RRRR-MM-DD albo DD.MM.RRRR.", EN: "Give a date as YYYY-MM-DD or DD.MM.YYYY."}
		}
		*p = &d
	default:
		panic(fmt.Sprintf("a form cannot have a field of the type %s", to.Type()))
	}
	return nil
}

// field is a field of a form, for {{template "field" .}}. Name is that of the struct's tag and the last part of the pointer
// the domain's errors give.
type field struct {
	Name, Label, Help string
	// Type is that of an input (text by default, email, password, number, date, search, hidden), or select, textarea,
	// checkbox, or checks and radios for a group of Options.
	Type, Value string
	// Values are those ticked of checks.
	Values []string
	// Unit stands behind the input: cm.
	Unit    string
	Options []option
	// Checked is of a checkbox.
	Checked, Required       bool
	Autocomplete, InputMode string
	Min, Max, Language      string
	// Empty is the first choice of a select that need not be made.
	Empty string
	// Error is filled in by fields.
	Error string
}

// option is a choice of a select, radios or checks.
type option struct{ Value, Label, Help string }

// Chosen tells whether a value is chosen.
func (f field) Chosen(value string) bool {
	if f.Type != "checks" {
		return f.Value == value
	}
	for _, v := range f.Values {
		if v == value {
			return true
		}
	}
	return false
}

// Kind is the type of the field, text when none is said.
func (f field) Kind() string { return or(f.Type, "text") }

// DescribedBy are the ids of the texts that belong to the field.
func (f field) DescribedBy() string {
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.ID()+"-error")
	}
	if f.Help != "" {
		ids = append(ids, f.ID()+"-help")
	}
	return strings.Join(ids, " ")
}

// ID is the id of the field's element.
func (f field) ID() string { return "f-" + f.Name }

// fields puts to each field what a problem says of it. The summary above the form comes by page.Problem.
func (v *visit) fields(problem error, fields ...field) []field {
	for _, f := range fieldErrors(problem) {
		for i := range fields {
			if fields[i].Name == fieldOf(f) && fields[i].Error == "" {
				fields[i].Error = f.Message.In(v.lang)
			}
		}
	}
	return fields
}

func fieldErrors(problem error) []models.FieldError {
	var e *models.Error
	if !errors.As(problem, &e) {
		return nil
	}
	return e.Fields
}

// fieldOf is the name of the field an error is about, "" for the whole form.
func fieldOf(f models.FieldError) string {
	if f.Parameter != "" {
		return f.Parameter
	}
	return strings.TrimPrefix(f.Pointer, "/")
}
