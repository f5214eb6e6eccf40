package media

import (
	"bytes"
	"io"
)

// checkPDF looks for what every complete PDF has: its header at the very start, and within the last 2048 bytes the
// pointer to the cross-reference table followed by the end mark (ISO 32000-1, 7.5.5). A cut-off upload fails.
func checkPDF(r io.ReadSeeker) error {
	head := make([]byte, 8)
	if _, err := io.ReadFull(r, head); err != nil {
		return short(err)
	}
	if string(head[:5]) != "%PDF-" || head[5] < '0' || head[5] > '9' || head[6] != '.' || head[7] < '0' || head[7] > '9' {
		return malformed("pdf: no header")
	}
	end, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := r.Seek(max(8, end-2048), io.SeekStart); err != nil {
		return err
	}
	tail, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	start := bytes.LastIndex(tail, []byte("startxref"))
	if start < 0 || !bytes.Contains(tail[start:], []byte("%%EOF")) {
		return malformed("pdf: no end")
	}
	return nil
}
