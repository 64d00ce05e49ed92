# What can be done in a checkout of callhome.junos; `make help` lists it.
# Every target sets up what it needs by itself: virtual environments here, packages from PyPI, nothing from Galaxy.
# PYTHON=/path/to/python3.12 picks the interpreter, VENV=folder the virtual environment.

SHELL = /bin/sh
.NOTPARALLEL:
.DEFAULT_GOAL = help

VENV ?= .venv
BIN = $(VENV)/bin
RUN = $(BIN)/python
ROOT = .cache/tree
TREE = $(ROOT)/ansible_collections/callhome/junos
LINK = .ansible/collections/ansible_collections/callhome/junos
COLLECTIONS = ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/$(ROOT)"
IN_TREE = cd $(TREE) && $(COLLECTIONS) PATH="$(abspath $(BIN)):$$PATH"
TESTS = tests/faults tests/integration tests/interop tests/unit

.PHONY: help
help: ## Say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-22s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: venv ## Simulated devices, from unboxing to login by certificate alone, renewal and retirement
	@PATH="$(abspath $(BIN)):$$PATH" $(RUN) tests/demo/run

.PHONY: test
test: nothing-skipped checks molecule sshd yanglint tests ## Every check and every test
	@if [ "$$CI" = true ] && [ -s .cache/skipped.txt ]; then \
		echo "CI=true, and something was not checked:"; cat .cache/skipped.txt; exit 1; fi

.PHONY: checks
checks: lint typing changelog-lint docs-lint ansible-lint artifact sanity ## All checks that are no tests of behaviour

.PHONY: tests
tests: nothing-skipped test-venv
	$(RUN) tests/checks/run_pytest.py $(TESTS)

.PHONY: unit
unit: nothing-skipped test-venv yanglint ## Unit tests
	$(RUN) tests/checks/run_pytest.py tests/unit

.PHONY: integration
integration: nothing-skipped test-venv yanglint ## Playbooks over real sockets, with simulated devices
	$(RUN) tests/checks/run_pytest.py tests/integration

.PHONY: interop
interop: nothing-skipped test-venv sshd ## OpenSSH's server as a device, and its client as a second opinion
	$(RUN) tests/checks/run_pytest.py tests/interop

.PHONY: faults
faults: nothing-skipped test-venv ## Playbooks cut short by every fault there is a test for, with a table of what became of it
	ALL_CUTS=1 $(RUN) tests/checks/run_pytest.py tests/faults

.PHONY: slow
slow: nothing-skipped test-venv ## Tests that take minutes each: every option of role nms
	$(RUN) tests/checks/run_pytest.py tests/slow

.PHONY: molecule
molecule: test-venv ## Molecule's scenarios: zero touch, management system, renewal, rotation, each run twice
	@PATH="$(abspath $(BIN)):$$PATH" tests/checks/run_molecule

.PHONY: bench
bench: test-venv ## CPU time and memory, beside the stock connection's
	$(RUN) tests/benchmarks/run.py

.PHONY: test-all-pythons
test-all-pythons: ## Unit and integration tests on each supported Python that is found here
	@found=; for version in 3.11 3.12 3.13 3.14; do \
		python=$$(tests/checks/find_python $$version 2>/dev/null) || { echo "No Python $$version here."; continue; }; \
		found="$$found $$version"; \
		$(MAKE) --no-print-directory tests PYTHON="$$python" VENV=.venv-$$version TESTS="tests/unit tests/integration" || exit 1; \
	done; echo "Tested with Python$${found:?no Python found}."

.PHONY: lint
lint: test-venv ## Ruff: style, likely bugs, formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: format
format: test-venv ## Let ruff format the code and sort the imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: typing
typing: test-venv ## mypy --strict
	$(BIN)/mypy

.PHONY: changelog-lint
changelog-lint: tree ## The changelog and its fragments
	$(IN_TREE) antsibull-changelog lint
	$(IN_TREE) antsibull-changelog lint-changelog-yaml changelogs/changelog.yaml

.PHONY: docs-lint
docs-lint: tree ## Documentation of plugins and modules
	$(IN_TREE) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs dependent .

.PHONY: ansible-lint
ansible-lint: tree ## ansible-lint at its production profile
	$(IN_TREE) ansible-lint --nocolor --offline --profile production

.PHONY: sanity
sanity: nothing-skipped tree ## ansible-test sanity
	cd $(TREE) && "$(abspath $(RUN))" tests/checks/run_ansible_sanity.py "$(CURDIR)/.cache/ansible-test"

.PHONY: artifact
artifact: nothing-skipped tree importer ## Build the collection, and run Galaxy's importer on it
	$(IN_TREE) python tests/checks/artifact.py "$(CURDIR)/.cache" "$(abspath $(VENV)-importer)"

.PHONY: clean
clean: ## Remove all that was made here
	rm -rf .ansible .cache .venv .venv-* .hypothesis

# What the targets above need

.PHONY: venv
venv: link
	@PYTHON="$(PYTHON)" tests/checks/make_venv $(VENV) tests/requirements-runtime.txt

.PHONY: test-venv
test-venv: link
	@PYTHON="$(PYTHON)" tests/checks/make_venv $(VENV) tests/requirements.txt

# The checkout itself, where Ansible, pytest and mypy look for the collection. Relative, so that a copy finds itself.
.PHONY: link
link:
	@[ "$$(readlink $(LINK))" = ../../../.. ] || { mkdir -p $(dir $(LINK)) && ln -sfn ../../../.. $(LINK); }

# Galaxy's importer, in an environment of its own: beside the other tools pip picks a release from years ago.
.PHONY: importer
importer: test-venv
	@PYTHON=$(RUN) tests/checks/make_venv $(VENV)-importer tests/requirements-importer.txt || tests/checks/skipped \
		"artifact: galaxy-importer could not be installed, so its look at the collection is missing."

.PHONY: tree
tree: test-venv
	@$(RUN) tests/checks/tree.py $(ROOT)

.PHONY: sshd
sshd:
	@tests/checks/install_sshd

.PHONY: yanglint
yanglint:
	@tests/checks/install_yanglint

.PHONY: nothing-skipped
nothing-skipped:
	@rm -f .cache/skipped.txt
