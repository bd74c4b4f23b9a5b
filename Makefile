# make demo   the main job on samples that ship, from a fresh machine
# make test   lint, types, import contracts and tests
# make lint   all but the tests; make test-long  the tests with their long forms
# make docs   the documentation with its gallery
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-long lint docs bench clean

demo: .venv/installed
	@mkdir -p out
	$(BIN)/atelier demo -o out/demo.png

test: .venv/installed-dev
	@echo "The tests, and beside them ruff, mypy and the import contracts: about five minutes on two cores."
	@mkdir -p out; $(MAKE) --no-print-directory lint >out/lint.txt 2>&1 & lint=$$!; \
	OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --dist worksteal; tests=$$?; \
	wait $$lint; lint=$$?; cat out/lint.txt; exit $$((lint | tests))

test-long: .venv/installed-dev
	OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --dist worksteal --long

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/installed-docs
	$(BIN)/sphinx-build -W docs docs/_build/html

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks.style

clean:
	rm -rf .venv out docs/_build docs/gallery

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	$(PIP) --editable '.[dev]'
	@touch $@

.venv/installed-bench: .venv/installed
	$(PIP) --editable '.[bench]'
	@touch $@

.venv/installed-docs: .venv/installed
	$(PIP) --editable '.[docs]'
	@touch $@
