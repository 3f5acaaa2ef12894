# Two commands do all the set-up: `make demo` and `make test`.
.PHONY: demo test check bench golden jobs-matrix clean

# The Python that makes .venv; 3.11 or later.
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/installed-local ## train and score census income on this machine, through the state machines
	./scripts/demo.sh

# As many workers as tests/conftest.py says, but not more than the memory of a small machine has
# room for; each takes a file after the other, in the order that it gives them.
test: .venv/installed-test ## all tests, the end-to-end ones included
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: .venv/installed-test ## formatter, linter, types, import contracts, documents, shell
	.ci/check

bench: .venv/installed-bench ## every benchmark; each prints ratios measured side by side
	$(BIN)/python -m benchmarks

golden: .venv/installed-test ## accept what is generated now as the reviewed one
	$(BIN)/python -m pytest --update-golden tests/template tests/definitions

.venv/installed-%: setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	touch $@
