package media

import "bytes"

// Type is the kind of an uploaded file; its value is the media type to serve it with.
type Type string

// The types that are taken.
const (
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
	WebP Type = "image/webp"
	PDF  Type = "application/pdf"
)

// sniffLength is how many bytes Detect needs to tell every type.
const sniffLength = 12

const pngSignature = "\x89PNG\r\n\x1a\n"

// Detect tells the type of a file by its first bytes, 12 of which are enough; ok is false for anything that is not
// taken. The name of the file and the type the sender declared play no part. The rest of the file is not vouched for.
func Detect(head []byte) (t Type, ok bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG, true
	case bytes.HasPrefix(head, []byte(pngSignature)):
		return PNG, true
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP, true
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF, true
	}
	return "", false
}

// Picture tells whether files of the type are pictures: they have a size in pixels, a sanitised copy and renditions.
func (t Type) Picture() bool { return t == JPEG || t == PNG || t == WebP }

// Extension is the usual ending of a file name, with its dot; empty for a type that is not taken.
func (t Type) Extension() string {
	switch t {
	case JPEG:
		return ".jpg"
	case PNG:
		return ".png"
	case WebP:
		return ".webp"
	case PDF:
		return ".pdf"
	}
	return ""
}

// PublicAllowed tells whether a file of the type may be given to the public at all: pictures as their sanitised copy,
// PDF as uploaded (see the package comment for why). It says nothing about one record being published.
func PublicAllowed(t Type) bool { return t.Picture() || t == PDF }
