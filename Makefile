# Works with GNU Make 3.81 (macOS) and later. `make` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help

NODE_MIN := 20.19
TSC := node_modules/.bin/tsc
INSTALLED := node_modules/.installed
BUILT := dist/.built
TEMPORAL := .cache/temporal/.ready
SCHEMATHESIS := .cache/schemathesis/.ready
SOURCES := $(shell find src workflows activities drizzle -name '*.ts' 2>/dev/null)

.PHONY: help node install build run stop test check static coverage fuzz seed token reset bench chaos clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1|\2/' | \
		while IFS='|' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

node:
	@command -v node >/dev/null 2>&1 || { echo "Node is missing: install Node $(NODE_MIN) or later."; exit 1; }
	@node -e 'var n = "$(NODE_MIN)".split("."), v = process.versions.node.split("."); process.exit(v[0] * 1000 + +v[1] < n[0] * 1000 + +n[1] ? 1 : 0)' || \
		{ echo "Node $$(node --version) is too old: install Node $(NODE_MIN) or later."; exit 1; }

$(INSTALLED): package-lock.json | node
	npm ci
	@touch $@

install: $(INSTALLED) ## install the dependencies, when the lock file has changed

$(BUILT): $(SOURCES) tsconfig.json tsconfig.build.json $(INSTALLED)
	@echo "Building …"
	@$(TSC) -p tsconfig.build.json
	@node dist/src/build-workflow-bundle.js
	@touch $@

build: node $(BUILT) ## compile to dist/, with the workflow bundle

# The programs that `make run` and the tests need, found or fetched once.
$(TEMPORAL): $(BUILT)
	@node dist/src/dev/fetch-temporal.js
	@mkdir -p $(@D) && touch $@

# What the contract tests run with; needs Python 3.
$(SCHEMATHESIS): test/contract/requirements.txt $(INSTALLED)
	@npx tsx test/contract/fetch.ts
	@mkdir -p $(@D) && touch $@

run: build ## run everything in this terminal; Ctrl-C ends it, the data is kept
	@node --enable-source-maps dist/src/dev.js

# A source that does not compile must not keep anybody from stopping.
stop: node $(if $(wildcard dist/src/dev/stop.js),,build) ## end a stack that was left running
	@node dist/src/dev/stop.js

test: build $(TEMPORAL) $(SCHEMATHESIS) ## run all the tests, set-up included
	npx vitest run

check: static build $(TEMPORAL) ## the static checks and the fast tests
	npm run --silent test:fast

static: install ## format, lint, types, architecture and dead code
	npm run --silent format:check
	npm run --silent lint
	npm run --silent typecheck
	npm run --silent arch
	npm run --silent deadcode

coverage: build $(TEMPORAL) $(SCHEMATHESIS) ## run all the tests and report their coverage
	npx vitest run --coverage

fuzz: build $(TEMPORAL) $(SCHEMATHESIS) ## ask the API everything its document allows, and more, for some minutes
	npx tsx test/contract/fuzz.ts

seed: build ## demo data for the running stack
	@node dist/src/dev/seed.js

token: build ## a token of a user for the local stack: make token FOR=anna [SCOPE=carts:admin]
	@node dist/src/dev/token.js "$(FOR)" "$(SCOPE)"

reset: stop ## stop, then delete the local data
	@node dist/src/dev/reset.js

bench: build $(TEMPORAL) ## measure everything side by side in one run, and print one table
	npx tsx bench/run.ts

chaos: build $(TEMPORAL) ## kill, stop and cut off the parts of a shop at random while people shop, then check its books
	@npx tsx chaos/run.ts

clean: ## delete what is built (data and caches are kept)
	rm -rf dist coverage
