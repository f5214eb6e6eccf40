package exchange

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"wolnica/models"
	"wolnica/models/store"
)

// noteMapping takes a text about accessibility out of a row: facts are proposed from it, none is made.
type noteMapping struct {
	// name tells the notes of a profile apart; with the profile's name it is the note's channel.
	name, part                          string
	text                                *value
	source, sourceURL, licence, observe *value
}

// parseNotes reads a profile's notes.
func (p *Profile) parseNotes(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return at(n, "oczekiwano listy.", "expected a list.")
	}
	for _, item := range n.Content {
		all, err := entries(item, "name", "text", "part", "source", "source_url", "licence", "observed_on")
		if err != nil {
			return err
		}
		m := &noteMapping{}
		values := map[string]**value{"text": &m.text, "source": &m.source, "source_url": &m.sourceURL, "licence": &m.licence, "observed_on": &m.observe}
		for _, e := range all {
			switch e.key {
			case "name":
				m.name, err = scalar(e.value)
			case "part":
				if m.part, err = scalar(e.value); err == nil && !models.AccessLinks.Has(m.part) {
					err = at(e.value, "nie ma ogniwa %q.", "there is no link %q.", m.part)
				}
			default:
				*values[e.key], err = p.parseValue(e.value)
			}
			if err != nil {
				return err
			}
		}
		if m.name == "" || m.text == nil {
			return at(item, "notatka potrzebuje name i text.", "a note needs name and text.")
		}
		if slices.ContainsFunc(p.notes, func(o *noteMapping) bool { return o.name == m.name }) {
			return at(item, "notatka %q jest dwa razy.", "the note %q is there twice.", m.name)
		}
		p.notes = append(p.notes, m)
	}
	return nil
}

// notes adds the row's notes. A column that is empty says that the note is gone; one that the file does not have says nothing.
func (m *mapper) notes(r *store.ImportRow) {
	for _, n := range m.profile.notes {
		if !n.text.known(&m.profile.columns) {
			continue
		}
		got := n.text.read(m)
		m.report(r, n.name, got)
		if length := utf8.RuneCountInString(got.text); length > models.MaxNote {
			r.Warn(firstOf(got.column, n.name), got.raw, "too_long", fmt.Sprintf("Notatka ma %d znaków, czyta się do %d; pominięto ją.", length, models.MaxNote),
				fmt.Sprintf("The note has %d characters and is read up to %d; it was left out.", length, models.MaxNote))
			continue
		}
		said := store.Note{Channel: m.profile.Name + "/" + n.name, Text: got.text, Part: n.part}
		for _, f := range []struct {
			from *value
			to   *string
		}{{n.source, &said.Source}, {n.sourceURL, &said.SourceURL}, {n.licence, &said.Licence}} {
			if f.from != nil {
				*f.to = f.from.read(m).text
			}
		}
		if n.observe != nil {
			m.observed(r, n, &said)
		}
		if got.text != "" {
			check := models.FactProposal{Text: said.Text, Status: models.ProposalProposed, Source: said.Source, SourceURL: said.SourceURL, Licence: said.Licence, ObservedOn: said.ObservedOn}
			if err := check.Validate(m.today); err != nil {
				r.Warn(firstOf(got.column, n.name), got.raw, "note", "Pominięto notatkę: "+err.Error(), "A note was left out: "+err.Error())
				continue
			}
		}
		r.Notes = append(r.Notes, said)
	}
}

// observed reads the day a note is of.
func (m *mapper) observed(r *store.ImportRow, n *noteMapping, said *store.Note) {
	got := n.observe.read(m)
	m.report(r, n.name, got)
	if got.text == "" {
		return
	}
	d, err := parseDate(got.text)
	if err != nil {
		r.Warn(firstOf(got.column, n.name), got.raw, "date", "To nie jest data; propozycje pozostają bez dnia.", "This is not a date; the proposals are left without a day.")
		return
	}
	said.ObservedOn = &d
}
