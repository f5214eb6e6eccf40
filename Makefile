SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

LISTEN ?= 127.0.0.1:8080
DATA ?= data

GOLANGCI_VERSION := v2.15.0
GOLANGCI := .tools/golangci-lint-$(GOLANGCI_VERSION)

GO_FOLDERS := $(wildcard api cmd geo mapui migrations models)
UI_SOURCES := $(shell find mapui -name node_modules -prune -o -type f \
	\( -path 'mapui/src/*' -o -path 'mapui/public/*' -o -name '*.html' -o -name 'package*.json' -o -name '*.config.*' \) \
	-print 2>/dev/null)

.PHONY: help
help: ## list what there is to make
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: run
run: ## build and serve with demonstration data on http://127.0.0.1:8080
	@[[ -n "$${DATABASE_URL:-}" ]] || .ci/prerequisites
	@$(MAKE) build
	@data=$$(.ci/data-folder "$(DATA)"); exec bin/wolnica serve --data "$$data" --listen "$(LISTEN)" --demo

.PHONY: build
build: $(if $(wildcard mapui/package.json),.tools/ui) ## build bin/wolnica
	@CGO_ENABLED=0 go build -trimpath -o bin/wolnica ./cmd/wolnica

# The interface, built into what the binary embeds.
.tools/ui: $(UI_SOURCES)
	@command -v npm >/dev/null || { echo "The interface needs Node 20 or newer: apt-get install nodejs npm" >&2; exit 1; }
	@cd mapui && npm ci --silent --no-audit --no-fund && npm run --silent build
	@mkdir -p .tools && touch $@

# Without the tables of debuggers (-w) the forty programs of the tests are linked in half the time; traces have no need of them.
.PHONY: test
test: ## run every test: Go on a real database, the map's units, and the map in a real browser
	@.ci/prerequisites --test
	@$(MAKE) build test-ui
	@folder=$$(.ci/scratch); export GOTMPDIR="$${GOTMPDIR:-$${TMPDIR:-/tmp}}" TMPDIR="$$folder"; \
	go test -vet=off -ldflags=-w -count=1 -p 2 -timeout 15m ./... | { grep -v 'no test files' || true; }

# Types, messages and pure parts of the map, then its tasks in Chromium against the program that was built.
.PHONY: test-ui
test-ui: build ## run the tests of the map alone
	@.ci/prerequisites --test
	@cd mapui && npm run --silent check && npm test --silent && npm run --silent e2e

.PHONY: smoke
smoke: build ## run the program on the real files of ../shared/data: import, query, export, undo
	@.ci/prerequisites
	@.ci/smoke

.PHONY: bench
bench: ## measure the speed targets and print one table
	@.ci/bench

.PHONY: bench-verdicts
bench-verdicts: ## measure the speed of verdicts and print one table
	@.ci/bench-verdicts

.PHONY: bench-plan
bench-plan: ## measure the investment programme: greedy, solver, gaps, known answers; print one table
	@.ci/bench-plan

# make bench-serving PROFILE=1 also says where a tile's time goes; LARGE=1 also loads 10,000,000 places.
.PHONY: bench-serving
bench-serving: ## measure the serving targets over 1,050,000 places and print their tables
	@.ci/prerequisites
	@mkdir -p .tools
	@go build -o .tools/servingbench ./api/servingbench
	@.tools/servingbench $(if $(PROFILE),-profile .tools/serving.pprof) $(if $(LARGE),-large 10000000)

# The million-place registry is loaded anew unless BENCH_DATA names a folder that keeps it.
.PHONY: bench-ui
bench-ui: build ## measure the map in a browser, over the demonstration data and over 1,000,000 places, and print one table
	@.ci/prerequisites --test
	@mkdir -p .tools
	@go build -o .tools/servingbench ./api/servingbench
	@.ci/bench-ui

.PHONY: lint
lint: $(GOLANGCI) ## gofmt, go vet, golangci-lint and the direction of imports
	@unformatted=$$(find $(GO_FOLDERS) -name node_modules -prune -o -name '*.go' -print0 | xargs -0 -r gofmt -l); \
	if [[ -n "$$unformatted" ]]; then printf 'not formatted (gofmt -w):\n%s\n' "$$unformatted" >&2; exit 1; fi
	@go vet ./...
	@$(GOLANGCI) run ./... | { grep -vx '0 issues.' || true; }

# A tool, not a dependency: it stays out of go.mod.
$(GOLANGCI):
	@echo "Building golangci-lint $(GOLANGCI_VERSION)" >&2
	@mkdir -p .tools
	@GOBIN="$(CURDIR)/.tools" GOFLAGS= go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv .tools/golangci-lint $@
