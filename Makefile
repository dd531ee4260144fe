# Two commands do everything: `make demo` and `make test`. They need Python 3.11 or later, make and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check slow wheel clean

demo: $(VENV)/.installed
	$(BIN)/planner plan examples/berlin-clinic.yaml -o out

test: $(VENV)/.test
	$(BIN)/python -m pytest -m "not slow and not browser"

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

slow: $(VENV)/.test
	$(BIN)/python -m pytest -m "slow and not browser"

wheel: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build --no-isolation --wheel --outdir dist .

clean:
	rm -rf $(VENV) dist build out

$(VENV)/.python:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(VENV)/.installed
	$(PIP) install --constraint constraints.txt --editable ".[test]"
	touch $@

$(VENV)/.dev: $(VENV)/.test
	$(PIP) install --constraint constraints.txt --editable ".[dev]"
	touch $@
