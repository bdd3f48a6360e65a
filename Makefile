# `make lab` and `make test` are all a newcomer needs; CONTRIBUTING.md explains the rest.
# Needed: make, a network on the first run, and one of Python 3.11 to 3.13 (PYTHON=... picks it).

BIN := .venv/bin
PY := $(BIN)/python
READY := .venv/.ready
BENCHES := $(patsubst tests/benchmarks/%.py,%,$(wildcard tests/benchmarks/[a-z]*.py))
TORCH := $(shell sed -n 's/^torch==\([^ ;]*\).*/\1/p' requirements.lock)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.12 python3.11 python3.13; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help lab test test-full lint author pairs shots pictures site bench relock

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

lab: $(READY)  ## open the course (RESET=02 for a fresh copy of notebook 02, ARGS=--no-browser)
	@$(PY) -m interp_widgets lab $(if $(RESET),--reset $(RESET)) $(ARGS)

test: lint  ## what CI runs: lint, types and every test that is not slow
	$(PY) -m tests.support
	$(PY) -m pytest -m "not slow"

test-full: lint  ## every test
	$(PY) -m tests.support
	$(PY) -m pytest

lint: $(READY)  ## ruff and mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

author: $(READY)  ## open the paired sources of the notebooks
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks

pairs: $(READY)  ## bring every .ipynb up to date with its .py
	$(BIN)/jupytext --to ipynb --update notebooks/*.py

shots: $(READY)  ## screenshots of every widget, into build/
	$(PY) -m tests.support
	$(PY) -m tests.browser.shots

pictures: $(READY)  ## the pictures in the README, from the gallery
	$(PY) -m tests.support
	$(PY) -m tests.browser.pictures

site: $(READY)  ## every notebook as a page with live views, into build/site
	$(PY) -m interp_widgets site

bench: $(READY)  ## the measurements, both sides in one run
	@for name in $(BENCHES); do $(PY) -m tests.benchmarks.$$name || exit 1; done

relock:  ## bring requirements.lock up to date (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra models \
		--extra notebooks --extra test --no-annotate --upgrade --quiet \
		--custom-compile-command "make relock" --output-file requirements.lock

# PyTorch comes first: a wheel that pip finds locally (find-links), else PyTorch's own CPU index.
# The lock then finds its pin satisfied; --no-deps keeps everything that it does not name away.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 was not found. Install one, or name \
	it: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up .venv; the first time this fetches about 700 MB."
	@$(PYTHON) -m venv .venv || { echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(PY) -m pip install -qq --no-deps --no-index torch==$(TORCH) 2>/dev/null \
	|| $(PY) -m pip install --no-deps --index-url $(TORCH_INDEX) torch==$(TORCH) \
	|| { echo "PyTorch $(TORCH) for CPUs came neither from a local folder (PIP_FIND_LINKS=folder) \
	nor from $(TORCH_INDEX) (TORCH_INDEX=... names another)."; exit 1; }
	@$(PY) -m pip install -qq --no-deps --requirement requirements.lock
	@$(PY) -m pip install -qq --no-deps --no-build-isolation --editable .
	@$(PY) -m pip check
	@touch $@
