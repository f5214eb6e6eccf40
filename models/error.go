package models

import (
	"errors"
	"strings"
)

// Code says what kind of failure an Error is. It is stable: clients may branch on it. One file in the API knows which
// HTTP status each becomes.
type Code string

// The kinds of failure.
const (
	CodeMalformed            Code = "malformed"             // the request cannot be read: syntax, unknown field, unknown parameter
	CodeInvalid              Code = "invalid"               // it can be read, but a value is not allowed
	CodeUnauthenticated      Code = "unauthenticated"       // nobody is signed in and the action needs somebody
	CodeForbidden            Code = "forbidden"             // the action is refused and says nothing about what exists
	CodeNotFound             Code = "not_found"             // missing, or hidden from this user: the two look the same
	CodeConflict             Code = "conflict"              // it clashes with another record
	CodeStale                Code = "stale"                 // the version in If-Match is not the current one
	CodePreconditionRequired Code = "precondition_required" // If-Match is missing
	CodeTooLarge             Code = "too_large"             // over a size limit
	CodeUnsupportedMedia     Code = "unsupported_media"     // a content type or file format that is not taken
	CodeNotAcceptable        Code = "not_acceptable"        // no representation the client accepts
	CodeMethodNotAllowed     Code = "method_not_allowed"    // the address exists, the method does not
	CodeRateLimited          Code = "rate_limited"          // too many tries
	CodeUnavailable          Code = "unavailable"           // the database or another part is not there now
	CodeNotInstalled         Code = "not_installed"         // it needs a program that is not on the server
	CodeInternal             Code = "internal"              // our fault; details are in the log only
)

// FieldError points at one wrong value.
type FieldError struct {
	// Pointer is a JSON pointer into the body ("/name/pl"); empty when the value came from elsewhere.
	Pointer string
	// Parameter names a query, path or header parameter; empty when the value came in the body.
	Parameter string
	// Code is a stable word for the rule that was broken: "required", "type", "unknown", "range", "vocabulary" …
	Code string
	// Message says what was wrong and what would be right.
	Message Text
}

// Error is a failure that may be shown to the person who caused it. Err, when set, is the cause for the log and is
// never shown.
type Error struct {
	Code    Code
	Message Text
	Fields  []FieldError
	// Version is the current version of the record for CodeStale, otherwise 0.
	Version int
	Err     error
}

// Error gives the English text with the fields, for logs and the command line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message.EN)
	for _, f := range e.Fields {
		b.WriteString("; ")
		b.WriteString(f.Pointer + f.Parameter)
		b.WriteString(": ")
		b.WriteString(f.Message.EN)
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// NewError returns an Error with a message in both languages.
func NewError(code Code, pl, en string) *Error {
	return &Error{Code: code, Message: Text{PL: pl, EN: en}}
}

// Invalid returns a CodeInvalid error about one field of the body.
func Invalid(pointer, code, pl, en string) *Error {
	return &Error{
		Code:    CodeInvalid,
		Message: invalidMessage,
		Fields:  []FieldError{{Pointer: pointer, Code: code, Message: Text{PL: pl, EN: en}}},
	}
}

var invalidMessage = Text{PL: "Dane nie są poprawne.", EN: "The data is not valid."}

// Fields collects field errors; its Err is nil when there are none.
type Fields []FieldError

// Add records one wrong value of the body.
func (f *Fields) Add(pointer, code, pl, en string) {
	*f = append(*f, FieldError{Pointer: pointer, Code: code, Message: Text{PL: pl, EN: en}})
}

// Err returns a CodeInvalid error with the collected fields, or nil.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Message: invalidMessage, Fields: f}
}

// ErrNotFound is what a missing and a hidden record both give.
func ErrNotFound() *Error {
	return NewError(CodeNotFound, "Nie ma takiego zasobu albo nie masz do niego dostępu.",
		"There is no such resource, or you may not see it.")
}

// CodeOf returns the code of the first Error in the chain, CodeInternal for any other error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
