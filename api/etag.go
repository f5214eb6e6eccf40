package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"wolnica/models"
)

// Version is the version of a record as an entity tag. As an input field `header:"If-Match"` it is required and read with
// IfMatch; as an output field `header:"ETag"` it is written with ETag.
type Version int

// ETag returns the strong entity tag of a version: "v12", with the quotes.
func ETag(version int) string { return `"v` + strconv.Itoa(version) + `"` }

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
// A header that cannot be read matches nothing.
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
	etag = strings.TrimPrefix(etag, "W/")
	for _, t := range tags {
		if strings.TrimPrefix(t, "W/") == etag {
			return true
		}
	}
	return false
}

func versionOf(tag string) (int, bool) {
	digits, ok := strings.CutPrefix(tag, `"v`)
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
