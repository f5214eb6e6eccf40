package pmtiles_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"wolnica/geo"
	"wolnica/geo/pmtiles"
)

// archive is a whole archive of vector tiles, zoom 0 to 14, with 25 bytes of root directory, 2 of metadata and 10 of tiles.
func archive() []byte {
	b := make([]byte, pmtiles.HeaderSize, pmtiles.HeaderSize+37)
	copy(b, "PMTiles\x03")
	for at, v := range map[int]uint64{8: 127, 16: 25, 24: 152, 32: 2, 40: 154, 48: 0, 56: 154, 64: 10, 72: 1, 80: 1, 88: 1} {
		binary.LittleEndian.PutUint64(b[at:], v)
	}
	b[96], b[97], b[98], b[99], b[100], b[101] = 1, 2, 2, 1, 0, 14
	for at, degrees := range map[int]int32{102: 19_0000000, 106: 49_5000000, 110: 20_5000000, 114: 50_4000000} {
		binary.LittleEndian.PutUint32(b[at:], uint32(degrees))
	}
	return append(b, make([]byte, 37)...)
}

func TestReadHeader(t *testing.T) {
	b := archive()
	h, err := pmtiles.ReadHeader(b, int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	want := pmtiles.Header{Type: pmtiles.MVT, MaxZoom: 14, Bounds: geo.BBox{MinLon: 19, MinLat: 49.5, MaxLon: 20.5, MaxLat: 50.4}, TileData: pmtiles.Section{Offset: 154, Length: 10}}
	if h != want || !h.Type.Vector() {
		t.Errorf("got %+v, want %+v", h, want)
	}
}

func TestReadHeaderRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(b []byte) []byte
		code   string
	}{
		"nothing":                {func([]byte) []byte { return nil }, "magic"},
		"another file":           {func(b []byte) []byte { b[0] = 'p'; return b }, "magic"},
		"an older version":       {func(b []byte) []byte { b[7] = 2; return b }, "version"},
		"half a header":          {func(b []byte) []byte { return b[:100] }, "cut_off"},
		"half a file":            {func(b []byte) []byte { return b[:len(b)-11] }, "cut_off"},
		"a section past numbers": {func(b []byte) []byte { binary.LittleEndian.PutUint64(b[64:], 1<<64-1); return b }, "cut_off"},
		"no root directory":      {func(b []byte) []byte { binary.LittleEndian.PutUint64(b[16:], 0); return b }, "root"},
		"a root in the header":   {func(b []byte) []byte { binary.LittleEndian.PutUint64(b[8:], 3); return b }, "root"},
		"tiles of no known type": {func(b []byte) []byte { b[99] = 0; return b }, "tile_type"},
		"tiles of a new type":    {func(b []byte) []byte { b[99] = 6; return b }, "tile_type"},
		"zooms upside down":      {func(b []byte) []byte { b[100] = 15; return b }, "zoom"},
		"zooms too deep":         {func(b []byte) []byte { b[101] = 32; return b }, "zoom"},
		"bounds off the globe":   {func(b []byte) []byte { binary.LittleEndian.PutUint32(b[114:], 91_0000000); return b }, "bounds"},
	} {
		t.Run(name, func(t *testing.T) {
			b := tt.change(archive())
			_, err := pmtiles.ReadHeader(b, int64(len(b)))
			var p *geo.Problem
			if !errors.As(err, &p) || p.Code != tt.code || p.PL == "" || p.EN == "" {
				t.Errorf("got %v, want a problem %s in both languages", err, tt.code)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "basemap.pmtiles")
	if err := os.WriteFile(name, archive(), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := pmtiles.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first, err := io.ReadAll(f.Reader())
	if err != nil || string(first) != string(archive()) {
		t.Errorf("got %d bytes, %v, want the file", len(first), err)
	}
	again, err := pmtiles.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Tag != f.Tag {
		t.Errorf("got the tags %s and %s of one file", f.Tag, again.Tag)
	}
	longer := filepath.Join(dir, "longer.pmtiles")
	if err := os.WriteFile(longer, append(archive(), 0), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := pmtiles.Open(longer)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if other.Tag == f.Tag {
		t.Error("two files have one tag")
	}
	var p *geo.Problem
	if _, err := pmtiles.Open(dir); !errors.As(err, &p) {
		t.Errorf("a folder: got %v, want a problem", err)
	}
	if _, err := pmtiles.Open(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
}

func FuzzReadHeader(f *testing.F) {
	f.Add(archive(), int64(len(archive())))
	f.Add([]byte("PMTiles\x03"), int64(8))
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		h, err := pmtiles.ReadHeader(b, size)
		if err != nil {
			var p *geo.Problem
			if !errors.As(err, &p) {
				t.Errorf("got %v, want a problem", err)
			}
			return
		}
		if end := h.TileData.Offset + h.TileData.Length; end > uint64(size) || end < h.TileData.Offset || h.MinZoom > h.MaxZoom || h.Bounds.MinLat > h.Bounds.MaxLat {
			t.Errorf("took %+v for a file of %d bytes", h, size)
		}
	})
}
