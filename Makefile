# Heyi's commands. Python 3.11 or newer and make are enough; the rest is fetched into .venv and web/.

BIN := .venv/bin

# The first Python that runs and is new enough; a name on the PATH may be a stub that does not run.
define BOOTSTRAP
@for p in "$$PYTHON" python3.13 python3.12 python3.11 python3.14 python3 python; do \
	[ -n "$$p" ] && "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	p=; \
done; \
if [ -z "$$p" ]; then \
	echo "Heyi needs Python 3.11 or newer; PYTHON=/path/to/python names one." >&2; exit 1; \
fi; \
exec "$$p" tools/bootstrap.py
endef

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all check bench dist shots client

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

setup: ## make .venv with Heyi and its tools, build the user interface
	$(BOOTSTRAP) setup

run: setup ## run Heyi: database, web and worker; Ctrl-C stops all (HEYI_PORT, HEYI_HOME)
	@exec $(BIN)/heyi run

test: setup ## every test but the slow ones, on a database of their own
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser" $(ARGS)
	@[ -n "$(ARGS)" ] || exec $(BIN)/python -m pytest -m "browser and not slow" tests/browser

test-all: setup ## every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser" $(ARGS)
	@[ -n "$(ARGS)" ] || exec $(BIN)/python -m pytest -m browser tests/browser

check: setup ## style, types, import contracts, tidy, declarations, TypeScript
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy src/heyi
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/tidy tests/contract
	$(BOOTSTRAP) npm run check

bench: setup ## measure; ARGS="stock" for one
	@exec $(BIN)/heyi bench $(ARGS)

dist: setup ## a wheel with the built user interface, in dist/
	$(BOOTSTRAP) dist

shots: setup ## pictures of the screens, in test-results/
	@exec $(BIN)/python -m tools.shots $(ARGS)

client: setup ## write the browser's typed client again, from the API's own description
	@exec $(BIN)/python -m tools.client
