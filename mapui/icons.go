package mapui

import (
	"embed"
	"io/fs"
)

//go:embed public/icons
var icons embed.FS

// Icons are those of the site, which it has whether or not the map was built.
func Icons() fs.FS {
	files, err := fs.Sub(icons, "public/icons")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
