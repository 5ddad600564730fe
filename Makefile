# Everything runs in .venv, which the first target that needs it makes. Needed beforehand: Python >= 3.11 and make.

SHELL := /bin/sh
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.seqcast-ready
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
BENCHMARKS ?= benchmarks/memory.py
EXAMPLES ?= $(filter-out %/showing.py %/docstrings.py,$(sort $(wildcard examples/sequences/*.py)))
PYTEST_ARGS ?=
FUZZ_ARGS ?= --files 20000 --seed 0
OLDEST := .venv-oldest

.DEFAULT_GOAL := help
.PHONY: help demo test test-oldest fuzz fuzz-files check format bench examples notebooks picture docs clean

help: ## Say what can be made
	@echo "make TARGET, where TARGET is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "PYTHON=python3.12 chooses the interpreter, PYTEST_ARGS='-k naive' narrows the tests."

demo: $(READY) ## Forecast New York's weather: a table on screen, a report in runs/demo
	@$(BIN)/forecast run weather --out runs/demo --force
	@echo "Open runs/demo/report.html in a browser."

test: check ## Check, then run all tests: unit, doctests, README, notebooks, packaging
# One thread for each of the two processes: more of them wait for one another. What Python compiles
# is kept: every process would compile it anew.
	@PYTHONDONTWRITEBYTECODE= TF_CPP_MIN_LOG_LEVEL=3 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	    $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-oldest: $(READY) ## Run all tests on the oldest libraries that pyproject.toml allows
	@$(BIN)/python -m venv --clear $(OLDEST)
	@$(BIN)/python tests/oldest_versions.py > $(OLDEST)/constraints.txt
	@$(OLDEST)/bin/python -m pip -qq --disable-pip-version-check install -c $(OLDEST)/constraints.txt \
	    -e '.[volatility]' build hatchling hypothesis ipykernel nbclient pytest pytest-xdist
# What old libraries say of libraries younger than they are is no fault of ours.
	@TF_CPP_MIN_LOG_LEVEL=3 $(OLDEST)/bin/python -m pytest -q -n 2 --dist loadfile \
	    --no-loadscope-reorder -W ignore::DeprecationWarning $(PYTEST_ARGS)

fuzz-files: $(READY) ## Read 20 000 drawn files and count which were right, refused and wrong
	@$(BIN)/python tests/file_judge.py $(FUZZ_ARGS)

fuzz: $(READY) ## Kill a backtest fifty times, load and read 20 000 hostile files each: an hour or two
	@$(BIN)/python tests/fuzz/kills.py --count 50
	@$(BIN)/python tests/fuzz/models.py --count 20000
	@$(BIN)/python tests/fuzz/texts.py --count 20000

check: $(READY) ## Check format, lint and types
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy

format: $(READY) ## Format the code and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(READY) ## Run the benchmarks that need no arguments (BENCHMARKS=... chooses)
	@echo "There are: $(wildcard benchmarks/*.py)"
	@for script in $(BENCHMARKS); do \
	    echo "== $$script"; TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python "$$script" || exit; \
	done

examples: $(READY) ## Run the examples of sequences, seconds to three minutes each
	@for script in $(EXAMPLES); do \
	    echo "== $$script"; $(BIN)/python "$$script" || exit; \
	done

notebooks: $(READY) ## Run the notebooks and write what they show into them
	@TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python tests/notebook_runs.py

picture: $(READY) ## Draw the picture of the README from the backtest of make demo
	@$(BIN)/forecast plot runs/demo -o docs/weather.png --force

docs: $(READY) ## Run every example: the docstrings' and the README's
	@TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python -m pytest -q tests/test_readme.py --doctest-modules forecast

clean: ## Remove what was built and cached, but .venv and runs
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find forecast tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The stamp is younger than both lists once they are installed: a second run installs nothing.
$(READY): pyproject.toml constraints.txt
	@$(ensure_venv)
	@echo "Installing into $(VENV): a few minutes the first time, nothing from then on."
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

# An interpreter counts once it has run: a name on the PATH may be an empty shell.
define ensure_venv
set -e; \
if $(BIN)/python -c '' 2>/dev/null; then \
    $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null; \
    exit 0; \
fi; \
found=; bare=; \
for name in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
    if "$$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then found=$$name; break; fi; \
    bare=$${bare:-$$name}; \
done; \
if [ -z "$$found" ] && [ -n "$$bare" ]; then \
    version=$$("$$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
    echo "$$bare cannot make virtual environments: its module venv or ensurepip is missing." >&2; \
    echo "Install it (Debian, Ubuntu: apt install python$$version-venv), then run make again." >&2; \
    exit 1; \
fi; \
if [ -z "$$found" ]; then \
    echo "No Python >= 3.11 among: $(or $(PYTHON),python3.13 python3.12 python3.11 python3)." >&2; \
    echo "Install one (Debian 12, Ubuntu 24.04: apt install python3 python3-venv)," >&2; \
    echo "or name yours: make PYTHON=python3.12" >&2; \
    exit 1; \
fi; \
"$$found" -m venv --clear $(VENV)
endef
