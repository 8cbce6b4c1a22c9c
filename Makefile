# Two commands do it all on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test stress run lint bench clean models lock

demo: $(READY)
	$(BIN)/python -m mnimage demo --out demo

test: $(READY)
	@sh installer/qt_libraries.sh
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 -m "not stress"

stress: $(READY)
	@sh installer/qt_libraries.sh
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m stress

run: $(READY)
	@sh installer/qt_libraries.sh screen
	$(BIN)/python -m mnimage app

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m benchmarks.pair
	$(BIN)/python -m benchmarks.relief --time

models: $(READY)
	$(BIN)/python installer/fetch_models.py

# Needs uv; the lock holds exact versions and hashes for every system, and no address.
lock:
	uv pip compile --universal --python-version 3.11 --extra dev --extra server --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) demo out assets/models .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements.lock installer/fetch_models.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python installer/fetch_models.py
	@touch $@
