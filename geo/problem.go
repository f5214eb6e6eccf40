package geo

import "fmt"

// Problem is a fault in geographic input that the person who sent it can mend. The words are in both languages; Code
// is stable.
type Problem struct {
	// Path is a JSON pointer to the fault within the geometry ("/coordinates/0/3"), "" when it is the whole of it.
	Path string
	// Code is a stable word for the rule that was broken.
	Code string
	// PL and EN say what was wrong and what would be right.
	PL, EN string
}

// Error gives the path and the English text, for logs and the command line.
func (p *Problem) Error() string {
	if p.Path == "" {
		return p.EN
	}
	return p.Path + ": " + p.EN
}

// problemf builds a Problem whose two texts take the same arguments in the same order.
func problemf(path, code, pl, en string, args ...any) *Problem {
	return &Problem{Path: path, Code: code, PL: fmt.Sprintf(pl, args...), EN: fmt.Sprintf(en, args...)}
}

// Problem gives the parts of the fault to a reader that does not know this package, such as the decoder of requests.
func (p *Problem) Problem() (path, code, pl, en string) { return p.Path, p.Code, p.PL, p.EN }
