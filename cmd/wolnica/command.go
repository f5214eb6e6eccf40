package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/alecthomas/kong"
)

// commands are everything the program can be told. The Polish text of a help is in the tag pl. Every flag can also be
// given in the environment: --public-url is WOLNICA_PUBLIC_URL.
type commands struct {
	Lang string `enum:",pl,en" default:"" placeholder:"pl|en" help:"Language of messages; otherwise that of LANG." pl:"Język komunikatów; inaczej ten z LANG."`

	Serve   serveCommand   `cmd:"" help:"Run the registry: the database, the API and the interface." pl:"Uruchom rejestr: bazę danych, API i interfejs."`
	Demo    demoCommand    `cmd:"" help:"Load the demonstration data." pl:"Wczytaj dane pokazowe."`
	Import  importCommands `cmd:"" help:"Import places from files; undo and list imports." pl:"Importuj miejsca z plików; cofaj i wypisuj importy."`
	Export  exportCommand  `cmd:"" help:"Export places to a file." pl:"Eksportuj miejsca do pliku."`
	User    userCommands   `cmd:"" help:"Add users, and change their roles and passwords." pl:"Dodawaj użytkowników, zmieniaj role i hasła."`
	Suggest suggestCommand `cmd:"" help:"Suggest investment proposals: failing places, barriers, gaps." pl:"Podpowiedz propozycje inwestycyjne: miejsca w złym stanie, bariery, braki."`
	Check   checkCommands  `cmd:"" help:"Check that the program's own copies of the data are true." pl:"Sprawdź, czy własne kopie danych programu są prawdziwe."`
	Migrate migrateCommand `cmd:"" help:"See or change the version of the database's schema." pl:"Sprawdź albo zmień wersję schematu bazy."`
	Solve   solveCommand   `cmd:"" help:"Solve an investment programme given as JSON; the server runs it for itself." pl:"Rozwiąż program inwestycji podany w JSON; serwer uruchamia to sam."`
	OpenAPI openAPICommand `cmd:"" name:"openapi" help:"Print the OpenAPI document of the API." pl:"Wypisz dokument OpenAPI opisujący API."`
	Version versionCommand `cmd:"" help:"Print the program's version." pl:"Wypisz wersję programu."`
	Help    helpCommand    `cmd:"" help:"Explain a command." pl:"Objaśnij polecenie."`
}

// helpCommand is here to be listed; parse turns it into --help of what it names.
type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command to explain." pl:"Polecenie do objaśnienia."`
}

func (helpCommand) Run() error { return nil }

// parse reads the command line and returns what to run; nil when it was help and has been shown.
func (p *program) parse(args []string) (func() error, error) {
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == "help" && !slices.Contains(args, "--help"):
		args = append(slices.Clone(args[1:]), "--help")
	}
	helped := errors.New("helped")
	parser, err := kong.New(&commands{},
		kong.Name("wolnica"),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(int) { panic(helped) }),
		kong.Help(p.printHelp),
		kong.DefaultEnvars("WOLNICA"),
		kong.Bind(p),
	)
	if err != nil {
		return nil, fmt.Errorf("commands: %w", err)
	}
	var parsed *kong.Context
	stopped := func() (stopped bool) {
		defer func() {
			if r := recover(); r != nil {
				if stopped = r == helped; !stopped {
					panic(r)
				}
			}
		}()
		parsed, err = parser.Parse(args)
		return false
	}()
	if stopped {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return func() error { return parsed.Run() }, nil
}
