# `make fuzz` and `make test` are all that is needed. Every target sets up .venv by itself.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
MATERIAL := $(wildcard ../shared/conformance ../shared/questions ../shared/tpe)

.PHONY: help setup fuzz test quick lint replay conformance docs picture lock clean

help:
	@echo "make fuzz         set up, then compare the two engines for a minute"
	@echo "make test         set up, then run all tests"
	@echo "make quick        the fast tests"
	@echo "make lint         ruff, strict types, import contracts"
	@echo "make replay       replay the whole corpus on both engines"
	@echo "make conformance  both engines against the conformance material, if it lies beside the checkout"
	@echo "make docs         build the documentation site in site/; broken links are errors"
	@echo "make picture      draw the picture of the README anew"
	@echo "make lock         pin the newest dependencies (needs uv on the PATH)"

setup: $(READY)

$(READY): pyproject.toml requirements.lock requirements-oracles.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is %d.%d. Set PYTHON=/path/to/python." % sys.version_info[:2])'
	@echo "Setting up $(VENV) (a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-oracles.lock \
		|| echo "The Rust engine's binding has no build for this machine: checks that ask it will be skipped."
	@touch $@

fuzz: setup
	$(PY) -m drt run --for 60s --jobs auto

test: setup
	$(PY) -m pytest -n auto --dist worksteal

quick: setup
	$(PY) -m pytest -n auto --dist worksteal -m "not slow"

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

replay: setup
	$(PY) -m drt replay

conformance: setup
	$(PY) -m drt conformance $(MATERIAL) --engine reference
	$(PY) -m drt conformance $(MATERIAL) --engine production

docs: setup $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict # --quiet would hide the warnings that fail it

$(VENV)/.docs: requirements-docs.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-docs.lock
	@touch $@

picture: setup
	$(PY) docs/picture.py > docs/found-divergence.svg

lock:
	uv pip compile pyproject.toml --group dev --extra sql --extra proofs --extra fleet --universal --generate-hashes --python-version 3.11 \
		--no-header --no-annotate --quiet -o requirements.lock
	uv pip compile pyproject.toml --extra oracles --universal --generate-hashes --python-version 3.11 \
		--no-header --no-annotate --quiet | awk '/^cedarpy==/{p=1} p{print} p&&!/\\$$/{exit}' > requirements-oracles.lock

	uv pip compile --group pyproject.toml:docs --universal --generate-hashes --python-version 3.11 \
		--no-header --no-annotate --quiet -c requirements.lock -o requirements-docs.lock

clean:
	rm -rf $(VENV) runs dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
