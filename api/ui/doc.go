// Package ui serves the built map (package mapui) and what browsers ask for beside pages: its scripts and styles under /ui, the
// service worker, icons, the web manifest, and the file of a basemap.
//
// What lives here: files, and what a page has to say to load the map. What may not: pages (site) and data (v1, tiles).
package ui
