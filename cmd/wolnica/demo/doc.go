// Package demo holds the demonstration data of the registry: the fifteen municipalities of the Kraków Metropolis,
// well-known places in them, tourist products and a schematic ground to draw them on.
//
// Names, descriptions and products were written by hand for this project from common knowledge. Outlines were drawn by
// eye with boundaries of OpenStreetMap (© OpenStreetMap contributors, ODbL 1.0) in view, on a grid of 0.004 by 0.003 degrees
// with at most 40 points each; the ground is a sketch. Both are good enough to find one's way on a small map, not to decide on which side of a boundary a house stands.
// Positions carry the accuracy they were written with. Inspections, access facts and asset numbers are not facts at
// all: they are made up from a fixed seed so that the screens have something to show, and every one of them says so in
// its method, "demonstration". So do the population cells, which spread the totals of the municipalities over where places are.
//
// What may not live here: databases, network access, files of other data sets.
package demo
