# Every target does its own set-up; a second run skips what has not changed. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:

STEP := node scripts/step.mjs
NPX := node_modules/.bin
TYPECHECK := $(NPX)/tsc --noEmit --incremental --tsBuildInfoFile .tools/typecheck.tsbuildinfo
PARTNERDAY := node dist/cli/main.js
# Arguments for the command a target runs, e.g. `make demo ARGS=--keep`.
ARGS ?=

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "; print "Partnerday: one verified CSV per table from a partner'\''s daily drop.\n"} \
	  /^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build tools ## Run the main job on real data: three partners, two days, planted problems
	@$(PARTNERDAY) demo $(ARGS)

.PHONY: test
test: install ## Everything a change must pass: build, lint, types, unused code, tests
	@failed=""; \
	$(STEP) build node scripts/build.mjs || failed="$$failed build"; \
	$(STEP) --stream tools node scripts/tools.mjs || exit 1; \
	$(STEP) lint $(NPX)/biome check . || failed="$$failed lint"; \
	$(STEP) types $(TYPECHECK) || failed="$$failed types"; \
	$(STEP) "unused code" $(NPX)/knip || failed="$$failed unused-code"; \
	PARTNERDAY_BUILT=1 PARTNERDAY_FAILED_CHECKS="$$failed" $(NPX)/vitest run $(ARGS) && [ -z "$$failed" ]

.PHONY: test-deep
test-deep: build tools ## The tests again with many more random cases and the long ones (*.deep.test.ts)
	@PARTNERDAY_DEEP=1 $(NPX)/vitest run $(ARGS)

SEEDS ?= 5
.PHONY: chaos
chaos: build tools ## Partner-days under seeded faults: SEEDS=30, SEEDS=10-19; SEED=7 repeats one
	@PARTNERDAY_DEEP=1 PARTNERDAY_CHAOS_SEEDS=$(SEEDS) PARTNERDAY_CHAOS_SEED=$(SEED) \
	  $(NPX)/vitest run --project chaos test/chaos/chaos.test.ts --disableConsoleIntercept

.PHONY: lint
lint: install ## Check format, style and unused code
	@$(STEP) lint $(NPX)/biome check .
	@$(STEP) "unused code" $(NPX)/knip

.PHONY: format
format: install ## Rewrite the sources in the project's format
	@$(NPX)/biome check --write .

.PHONY: typecheck
typecheck: install ## Check types of sources, tests and scripts
	@$(STEP) types $(TYPECHECK)

.PHONY: build
build: install ## Compile to dist/, with the WebAssembly kernel and the workflow bundle
	@$(STEP) build node scripts/build.mjs

.PHONY: tools
tools: build ## Find or build the Temporal server and the S3 server
	@$(STEP) --stream tools node scripts/tools.mjs

.PHONY: up
up: build tools ## Start Temporal, a store and a worker for this directory, until Ctrl-C
	@$(PARTNERDAY) up $(ARGS)

.PHONY: down
down: build ## Stop what `make up ARGS=--detach` started
	@$(PARTNERDAY) down $(ARGS)

.PHONY: docs
docs: build ## Write docs/configuration.md from the schemas
	@node scripts/generate-docs.mjs

.PHONY: histories
histories: build tools ## Record a release's workflow histories and what it writes: make histories VERSION=0.2.0
	@test -n "$(VERSION)" || { echo 'name the release: make histories VERSION=0.2.0'; exit 2; }
	@PARTNERDAY_RECORD=$(VERSION) npx vitest run --project replay test/replay/record-

SIZE ?= std
.PHONY: bench
bench: build ## Compare speed and memory with other tools: SIZE=tiny|small|std|large, ARGS="--runs 5 --only ID,..."
	@node bench/generate-data.mjs $(SIZE)
	@node bench/peers/set-up.mjs
	@node bench/run.mjs --size $(SIZE) $(ARGS)

.PHONY: bench-engine
bench-engine: build ## Time the engine's parts against zlib.crc32, csv-parse, udsv and papaparse
	@node bench/peers/set-up.mjs --parsers
	@node bench/engine.mjs $(ARGS)

.PHONY: scale
scale: build tools ## Run a partner-day of 40,000 archives and 1,000,000 members: ARGS="--archives 4000 --partners 3"
	@node bench/scale.mjs $(ARGS)

.PHONY: clean
clean: ## Remove what was built; keeps node_modules and the obtained servers
	@rm -rf dist coverage .partnerday
	@echo "removed dist, coverage, .partnerday"

.PHONY: install
install:
	@sh scripts/preflight.sh
	@$(STEP) install node scripts/install.mjs
