# Everything runs in .venv, which is made here; a machine needs python3 (3.11 or newer) and make.
PYTHON ?= python3
PORT ?= 8000

BIN := .venv/bin
VENV := .venv/.stamp
GUNICORN_CONFIG := python:examples.bookings.server

.DEFAULT_GOAL := test
.PHONY: venv test demo serve clean

venv: $(VENV)

# The stamp comes last, so that an installation that was cut short is done again.
$(VENV): setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

test: $(VENV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m translayer lint --api examples.bookings.api:api
	$(BIN)/python -m translayer check --api examples.bookings.api:api
	$(BIN)/python -m pytest --cov --numprocesses auto --dist loadfile --no-loadscope-reorder

# The laws of lenses on thousands of random histories, others every time; it takes a quarter of an hour.
.PHONY: laws
laws: $(VENV)
	$(BIN)/python -m pytest -m slow

demo: $(VENV)
	@$(BIN)/python -m examples.bookings.demo

serve: $(VENV)
	$(BIN)/gunicorn --config $(GUNICORN_CONFIG) --bind 127.0.0.1:$(PORT) examples.bookings.wsgi:app

# The pages as they look, for docs/; it needs chromium and chromedriver.
.PHONY: screenshots
screenshots: $(VENV)
	$(BIN)/python -m tests.served.screenshots

# Its figures mean something on a machine that has nothing else to do; benchmarks/README.md says what.
.PHONY: bench
bench: $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.figures

# What was made by running things goes; the environment stays (rm -r .venv for a new one).
clean:
	rm -rf build dist *.egg-info .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	rm -f bookings.sqlite3 bookings.sqlite3-*
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
