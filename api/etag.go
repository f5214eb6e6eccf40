package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"wolnica/models"
)

// Version is the version of a record as an entity tag. As an input field `header:"If-Match"` it is required and read with
// IfMatch; as an output field `header:"ETag"` it is written with ETag.
type Version int

// ETag returns the strong entity tag of a version: "v12", with the quotes.
//
// A compressed representation has other bytes, so its strong tag must differ (RFC 9110, 8.8.3.3): when the answer leaves,
// whoever compressed it, "-gz" or "-br" is put before the closing quote of a strong tag. Handlers neither write nor see to
// these endings: IfMatch and IfNoneMatch look past them.
func ETag(version int) string { return `"v` + strconv.Itoa(version) + `"` }

// bodyTag is the strong entity tag of bytes whose version nobody counts, such as a page of a list.
func bodyTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// representationTag is the entity tag of one representation of a version: "v12.5f3a9c01". Two readers may get different
// bytes of one version (a masked position, another language, parts that changed since), and a strong tag must tell them
// apart; IfMatch reads the version out of it all the same.
func representationTag(etag string, body []byte) string {
	if !strings.HasPrefix(etag, `"v`) || strings.ContainsRune(etag, '.') {
		return etag
	}
	sum := sha256.Sum256(body)
	return strings.TrimSuffix(etag, `"`) + "." + hex.EncodeToString(sum[:8]) + `"`
}

// IfMatch reads the version out of an If-Match header. Of a list it gives the highest version: versions only grow and
// all were given out by this server, so the others can no longer be current. Tags of another shape and weak ones never
// match (RFC 9110, 13.1.1); a header with only such tags is CodeStale. Missing, or `*`, which would overwrite a version
// the client has not seen, is CodePreconditionRequired; what is not a list of entity tags is CodeMalformed.
func IfMatch(header string) (version int, err error) {
	header = strings.Trim(header, " \t")
	if header == "" || header == "*" {
		e := models.NewError(models.CodePreconditionRequired,
			`Podaj w nagłówku If-Match wersję, którą zmieniasz, np. "v3" (z ETag); gwiazdka nie wystarczy.`,
			`Give the version you are changing in If-Match, such as "v3" (from ETag); an asterisk is not enough.`)
		return 0, e
	}
	tags, ok := parseETags(header)
	if !ok {
		return 0, &models.Error{Code: models.CodeMalformed, Message: malformedParameters, Fields: []models.FieldError{{
			Parameter: "If-Match", Code: "format", Message: models.Text{
				PL: `Oczekiwano znacznika wersji w cudzysłowie, np. "v3".`, EN: `Expected an entity tag in quotes, such as "v3".`}}}}
	}
	for _, t := range tags {
		if v, ok := versionOf(t); ok && v > version {
			version = v
		}
	}
	if version == 0 {
		return 0, models.NewError(models.CodeStale, "Wersja w If-Match nie jest obecną wersją.",
			"The version in If-Match is not the current one.")
	}
	return version, nil
}

// IfNoneMatch reports whether an If-None-Match header names etag, by weak comparison, so that a GET is answered 304.
// A header that cannot be read matches nothing. The tag of a compressed copy stands for what was compressed: the client
// takes that coding, or the tag would not have got here (see refuseCoded), and its copy is as good as any.
func IfNoneMatch(header, etag string) bool {
	header = strings.Trim(header, " \t")
	if header == "" || etag == "" {
		return false
	}
	if header == "*" {
		return true
	}
	tags, ok := parseETags(header)
	if !ok {
		return false
	}
	etag = plainTag(etag)
	for _, t := range tags {
		if plainTag(t) == etag {
			return true
		}
	}
	return false
}

// plainTag is a tag without its weakness and the ending for a coding.
func plainTag(tag string) string {
	tag = strings.TrimPrefix(tag, "W/")
	if coding := codingOf(tag); coding != "" {
		return strings.TrimSuffix(tag, suffixes[coding]+`"`) + `"`
	}
	return tag
}

// codingOf reads the coding from the ending of a tag.
func codingOf(tag string) string {
	switch {
	case strings.HasSuffix(tag, `-gz"`):
		return "gzip"
	case strings.HasSuffix(tag, `-br"`):
		return "br"
	}
	return ""
}

// tagCoded gives the strong tag of an answer the ending of its coding, unless it has it.
func tagCoded(h http.Header, coding string) {
	tag, suffix := h.Get("ETag"), suffixes[coding]
	if suffix != "" && strings.HasPrefix(tag, `"`) && codingOf(tag) == "" {
		h["Etag"] = []string{strings.TrimSuffix(tag, `"`) + suffix + `"`}
	}
}

// heldTag is the tag of the copy the client has, among those it named, of which tag is some coding: a 304 names the very
// copy that may be used (RFC 9110, 15.4.5).
func heldTag(ifNoneMatch []string, tag string) string {
	held := ""
	for _, line := range ifNoneMatch {
		tags, _ := parseETags(line)
		for _, t := range tags {
			switch {
			case t == tag:
				return tag
			case held == "" && plainTag(t) == plainTag(tag):
				held = strings.TrimPrefix(t, "W/")
			}
		}
	}
	if held == "" || strings.HasPrefix(tag, "W/") {
		return tag
	}
	return held
}

// refuseCoded takes out of If-None-Match the tags of codings the client does not take now: a shared cache may ask with the
// copy of another client, and a 304 would make it hand that one out.
func refuseCoded(h http.Header) {
	lines := h["If-None-Match"]
	if len(lines) == 0 {
		return
	}
	header := strings.Join(lines, ", ")
	if !strings.Contains(header, `-gz"`) && !strings.Contains(header, `-br"`) {
		return
	}
	tags, ok := parseETags(header)
	if !ok {
		return
	}
	accepted := weigh(h["Accept-Encoding"])
	kept := tags[:0]
	for _, t := range tags {
		if coding := codingOf(t); coding == "" || coding == "gzip" && accepted.gzip > 0 || coding == "br" && accepted.br > 0 {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		delete(h, "If-None-Match")
		return
	}
	h["If-None-Match"] = []string{strings.Join(kept, ", ")}
}

func versionOf(tag string) (int, bool) {
	if !strings.HasPrefix(tag, `"`) { // weak
		return 0, false
	}
	digits, ok := strings.CutPrefix(plainTag(tag), `"v`)
	if !ok {
		return 0, false
	}
	digits, _, _ = strings.Cut(strings.TrimSuffix(digits, `"`), ".")
	v, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || v < 1 || strconv.FormatInt(v, 10) != digits {
		return 0, false
	}
	return int(v), true
}

// parseETags splits a list of entity tags (RFC 9110, 8.8.3); empty members are allowed, as in every HTTP list.
func parseETags(header string) ([]string, bool) {
	var tags []string
	rest := header
	for {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "" {
			return tags, len(tags) > 0
		}
		start := 0
		if strings.HasPrefix(rest, "W/") {
			start = 2
		}
		if len(rest) <= start || rest[start] != '"' {
			return nil, false
		}
		end := start + 1
		for end < len(rest) && rest[end] != '"' {
			if c := rest[end]; c < 0x21 || c == 0x7f {
				return nil, false
			}
			end++
		}
		if end == len(rest) {
			return nil, false
		}
		tags = append(tags, rest[:end+1])
		rest = strings.TrimLeft(rest[end+1:], " \t")
		if rest != "" && rest[0] != ',' {
			return nil, false
		}
	}
}
