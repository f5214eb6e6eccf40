package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"wolnica/models"
)

// helpWidth is how many columns a help text takes.
const helpWidth = 100

// printHelp shows one command on one screen, in the person's language.
func (p *program) printHelp(_ kong.HelpOptions, ctx *kong.Context) error {
	node := ctx.Model.Node
	if selected := ctx.Selected(); selected != nil {
		node = selected
	}
	h := &helpText{program: p}
	// A command that may be left out (import FILE) is explained with the one it belongs to.
	shown := node
	if node.DefaultCmd != nil {
		shown = node.DefaultCmd
	} else if parent := node.Parent; parent != nil && parent.DefaultCmd == node {
		node = parent
	}
	h.usage(node, shown)
	if node.Parent == nil {
		h.paragraph(models.Text{
			PL: "Wolnica to otwarty rejestr infrastruktury czasu wolnego, zabytków i produktów turystycznych metropolii.",
			EN: "Wolnica is the open registry of a metropolis's leisure infrastructure, heritage sites and tourist products.",
		}.In(p.language))
	} else {
		h.paragraph(h.text(shown.Tag, shown.Help))
	}
	h.commands(node)
	h.arguments(shown)
	h.flags(shown)
	h.ending(node)
	_, err := fmt.Fprint(ctx.Stdout, h.b.String())
	return err
}

type helpText struct {
	program *program
	b       strings.Builder
}

func (h *helpText) in(pl, en string) string {
	return models.Text{PL: pl, EN: en}.In(h.program.language)
}

// text is the help of a tag in the person's language.
func (h *helpText) text(tag *kong.Tag, en string) string {
	if tag == nil {
		return en
	}
	return h.in(tag.Get("pl"), en)
}

func (h *helpText) usage(node, shown *kong.Node) {
	h.b.WriteString(h.in("Użycie: ", "Usage: ") + node.FullPath())
	for _, a := range shown.Positional {
		h.b.WriteString(" " + a.Summary())
	}
	if shown.Leaf() {
		for _, f := range shown.Flags {
			if f.Required {
				h.b.WriteString(" " + f.Summary())
			}
		}
	} else {
		h.b.WriteString(h.in(" <polecenie>", " <command>"))
	}
	h.b.WriteString(h.in(" [opcje]\n", " [flags]\n"))
}

func (h *helpText) paragraph(text string) {
	h.b.WriteString("\n" + wrap(text, helpWidth, "") + "\n")
}

func (h *helpText) commands(node *kong.Node) {
	var rows [][2]string
	for _, c := range node.Children {
		if !c.Hidden && c != node.DefaultCmd {
			rows = append(rows, [2]string{c.Name, h.text(c.Tag, c.Help)})
		}
	}
	h.table(h.in("Polecenia:", "Commands:"), rows)
}

func (h *helpText) arguments(node *kong.Node) {
	var rows [][2]string
	for _, a := range node.Positional {
		rows = append(rows, [2]string{a.Summary(), h.text(a.Tag, a.Help)})
	}
	h.table(h.in("Argumenty:", "Arguments:"), rows)
}

func (h *helpText) flags(node *kong.Node) {
	var rows [][2]string
	for _, group := range slices.Backward(node.AllFlags(true)) { // its own before those of every command
		for _, f := range group {
			if f.Name == "help" {
				continue
			}
			name := "--" + f.Name
			if !f.IsBool() {
				name += "=" + f.FormatPlaceHolder()
			}
			help := h.text(f.Tag, f.Help)
			if f.HasDefault && f.Default != "" && f.PlaceHolder != "" && !f.IsBool() {
				help += fmt.Sprintf(h.in(" Domyślnie %s.", " Default: %s."), f.Default)
			}
			rows = append(rows, [2]string{name, help})
		}
	}
	h.table(h.in("Opcje:", "Flags:"), rows)
}

func (h *helpText) ending(node *kong.Node) {
	if node.Parent != nil && len(node.Children) == 0 {
		return
	}
	more := node.FullPath()
	if node.Parent == nil {
		h.paragraph(h.in("Każdą opcję można podać w środowisku: --public-url to WOLNICA_PUBLIC_URL, a --database-url to DATABASE_URL.",
			"Every flag can be set in the environment: --public-url is WOLNICA_PUBLIC_URL, and --database-url is DATABASE_URL."))
		fmt.Fprintf(&h.b, h.in("Więcej o poleceniu: %s help <polecenie>\n", "More on a command: %s help <command>\n"), more)
		return
	}
	fmt.Fprintf(&h.b, h.in("\nWięcej: %s <polecenie> --help\n", "\nMore: %s <command> --help\n"), more)
}

// table writes a heading and two columns under it, nothing when there are no rows.
func (h *helpText) table(heading string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	width := 0
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r[0]))
	}
	width = min(width, 30)
	h.b.WriteString("\n" + heading + "\n")
	for _, r := range rows {
		indent := strings.Repeat(" ", width+4)
		first := fmt.Sprintf("  %-*s  ", width, r[0])
		if utf8.RuneCountInString(r[0]) > width {
			first = "  " + r[0] + "\n" + indent
		}
		h.b.WriteString(first + wrap(r[1], helpWidth-len(indent), indent) + "\n")
	}
}

// wrap breaks a text at spaces so that no line is longer than the width; lines after the first begin with the indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	length := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case length+1+n > width:
			b.WriteString("\n" + indent)
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += n
	}
	return b.String()
}
