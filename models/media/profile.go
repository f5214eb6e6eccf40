package media

import (
	"bytes"
	"compress/zlib"
	"io"
)

// maxProfile is the largest ICC profile carried over to renditions, in bytes; profiles of cameras have a few thousand.
const maxProfile = 1 << 20

// inflateProfile returns the profile inside an iCCP chunk, nil when it cannot be read or is too large.
func inflateProfile(chunk []byte) []byte {
	_, rest, ok := bytes.Cut(chunk, []byte{0})
	if !ok || len(rest) < 1 || rest[0] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil
	}
	p, err := io.ReadAll(io.LimitReader(z, maxProfile+1))
	if err != nil || len(p) > maxProfile {
		return nil
	}
	return p
}

// withProfile puts an ICC profile into a freshly encoded JPEG or PNG. The numbers in a rendition are those of the
// source, so without its profile a photograph from a wide-gamut camera would look pale. Profiles that do not describe
// RGB (bytes 16 to 19 of the header) do not fit a rendition and are left out.
func withProfile(encoded, profile []byte, t Type) []byte {
	if len(profile) < 128 || len(profile) > maxProfile || string(profile[16:20]) != "RGB " {
		return encoded
	}
	var b bytes.Buffer
	if t == PNG {
		const upToHeader = len(pngSignature) + 8 + 13 + 4
		body := bytes.NewBufferString("ICC\x00\x00")
		z := zlib.NewWriter(body)
		_, _ = z.Write(profile) // into memory, as the writes below
		z.Close()
		b.Write(encoded[:upToHeader])
		_ = writeChunk(&b, "iCCP", body.Bytes())
		b.Write(encoded[upToHeader:])
		return b.Bytes()
	}
	const most = 65533 - len(iccPrefix) - 2
	parts := (len(profile) + most - 1) / most
	b.Write(encoded[:2])
	for i := range parts {
		part := profile[i*most : min((i+1)*most, len(profile))]
		_ = writeSegment(&b, markerAPP2, append([]byte(iccPrefix+string([]byte{byte(i + 1), byte(parts)})), part...))
	}
	b.Write(encoded[2:])
	return b.Bytes()
}
