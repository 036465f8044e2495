# make run    serve DivViz on http://localhost:8501 (PORT=8600 make run for another port)
# make test   format, lint, types and every test, the ones in a real browser too
# make bench  how fast it is; make look: screenshots in build/look/; make clean: back to the sources

BIN = .venv/bin
# --no-compile: half of the time went into compiling modules that nothing here imports (27 s, not 56).
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-compile --constraint constraints.txt
# Files in their order, not the ones with most tests first: those in a browser have few and are long.
PYTEST_FLAGS ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: run test bench look clean

# Or every process compiles all modules again, and the tests start a dozen servers.
unexport PYTHONDONTWRITEBYTECODE

run: .venv/.run
	$(BIN)/python -m streamlit run app.py $(if $(PORT),--server.port $(PORT))

test: .venv/.dev
	$(BIN)/python tests/live.py
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

bench: .venv/.dev
	$(BIN)/python tests/live.py
	$(BIN)/python tests/bench.py

look: .venv/.dev
	$(BIN)/python tests/live.py
	$(BIN)/python tests/look.py

clean:
	rm -rf .venv build .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# $(BIN)/python is an order-only prerequisite: its date is that of the system's Python.
.venv/.run: requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing what DivViz needs into .venv (the first time takes a minute or two)."
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/.dev: requirements.txt requirements-dev.txt constraints.txt | $(BIN)/python
	@echo "Installing what DivViz and its tests need into .venv (the first time takes a minute or two)."
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

$(BIN)/python:
	@found=; \
	for name in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found="$$name"; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "DivViz needs Python 3.11 or newer, and none was found: install it, or name it as in" \
	    "PYTHON=/path/to/python3.12 make run." >&2; \
	  exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "$$found cannot make a virtual environment: install its venv package" \
	    "(on Debian and Ubuntu: apt-get install python3-venv)." >&2; \
	  exit 1; \
	fi; \
	"$$found" -m venv .venv || { rm -rf .venv; exit 1; }
