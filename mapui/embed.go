// Package mapui holds the interactive map, a program for browsers, built into what the binary embeds.
//
// What lives here: the sources of the map (src, TypeScript and Svelte), its tests in a browser (e2e), and this one Go file, which
// embeds what `make build` made of them. What may not: Go code that knows the domain; the map talks to the public API like
// everybody else.
package mapui

import (
	"embed"
	"io/fs"
)

// all: takes in Vite's .vite/manifest.json, and the .gitkeep that lets the program be built before the map is.
//
//go:embed all:build
var build embed.FS

// Files is what the build made: index of entries in .vite/manifest.json, scripts and styles in assets/. It holds no manifest when
// the map was not built.
func Files() fs.FS {
	files, err := fs.Sub(build, "build")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
