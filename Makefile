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
IMPORTER = $(VENV)-importer
TESTS = tests/unit tests/integration tests/interop
PIP = -m pip install --quiet --disable-pip-version-check --constraint tests/constraints.txt

# A virtual environment of another Python than the one that is asked for is made anew.
VERSION_OF = -c 'import sys; print(sys.version)' 2>/dev/null
ifdef PYTHON
ifneq ($(shell $(PYTHON) $(VERSION_OF)),$(shell $(RUN) $(VERSION_OF)))
$(RUN): other-python
endif
endif

.PHONY: help
help: ## Say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-22s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: venv ## Simulated devices call home, and a playbook reads and configures them
	@PATH="$(abspath $(BIN)):$$PATH" $(RUN) tests/demo/run

.PHONY: test
test: nothing-skipped checks sshd tests ## Every check and every test
	@if [ "$$CI" = true ] && [ -s .cache/skipped.txt ]; then \
		echo "CI=true, and something was not checked:"; cat .cache/skipped.txt; exit 1; fi

.PHONY: checks
checks: lint typing changelog-lint docs-lint ansible-lint artifact sanity ansible-units ## All checks that are no tests of behaviour

.PHONY: tests
tests: test-venv
	$(RUN) tests/checks/run_pytest.py $(TESTS)

.PHONY: unit
unit: test-venv ## Unit tests
	$(RUN) tests/checks/run_pytest.py tests/unit

.PHONY: integration
integration: test-venv ## Playbooks over real sockets, with simulated devices
	$(RUN) tests/checks/run_pytest.py tests/integration

.PHONY: interop
interop: test-venv sshd ## OpenSSH's server as a device, and its client as a second opinion
	$(RUN) tests/checks/run_pytest.py tests/interop

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
	$(IN_TREE) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all .

.PHONY: ansible-lint
ansible-lint: tree ## ansible-lint at its production profile
	$(IN_TREE) ansible-lint --nocolor --offline --profile production

.PHONY: sanity
sanity: tree ## ansible-test sanity
	cd $(TREE) && "$(abspath $(RUN))" tests/checks/run_ansible_test.py sanity "$(CURDIR)/.cache/ansible-test"

.PHONY: ansible-units
ansible-units: tree ## The unit tests, run by ansible-test
	cd $(TREE) && "$(abspath $(RUN))" tests/checks/run_ansible_test.py units "$(CURDIR)/.cache/ansible-test"

.PHONY: artifact
artifact: tree importer ## Build the collection, and run Galaxy's importer on it
	$(IN_TREE) python tests/checks/artifact.py "$(CURDIR)/.cache" "$(abspath $(IMPORTER))"

.PHONY: clean
clean: ## Remove all that was made here
	rm -rf .ansible .cache .venv .venv-* .hypothesis

# What the targets above need

.PHONY: venv test-venv
venv: $(VENV)/.runtime link
test-venv: $(VENV)/.test link

.PHONY: other-python
other-python:

$(RUN):
	@python="$(PYTHON)"; [ -n "$$python" ] || python=$$(tests/checks/find_python) || exit 1; \
	echo "Making $(VENV) with $$("$$python" --version); the first time its packages take a minute or two."; \
	"$$python" -m venv --clear $(VENV)

$(VENV)/.runtime: requirements.txt tests/requirements-runtime.txt tests/constraints.txt | $(RUN)
	@$(RUN) $(PIP) --requirement tests/requirements-runtime.txt
	@touch $@

$(VENV)/.test: $(VENV)/.runtime tests/requirements.txt
	@$(RUN) $(PIP) --requirement tests/requirements.txt
	@touch $@

# The checkout itself, where Ansible, pytest and mypy look for the collection. Relative, so that a copy finds itself.
.PHONY: link
link:
	@[ "$$(readlink $(LINK))" = ../../../.. ] || { mkdir -p $(dir $(LINK)) && ln -sfn ../../../.. $(LINK); }

# Galaxy's importer, in an environment of its own: beside the other tools pip picks a release from years ago.
.PHONY: importer
importer: | $(RUN)
	@[ $(IMPORTER)/.ready -nt tests/requirements-importer.txt ] && [ $(IMPORTER)/.ready -nt tests/constraints.txt ] || { \
		rm -rf $(IMPORTER) && $(RUN) -m venv $(IMPORTER) \
		&& $(IMPORTER)/bin/python $(PIP) --requirement tests/requirements-importer.txt && touch $(IMPORTER)/.ready; \
	} || tests/checks/skipped "artifact: galaxy-importer could not be installed, so its look at the collection is missing."

.PHONY: tree
tree: test-venv
	@$(RUN) tests/checks/tree.py $(ROOT)

.PHONY: sshd
sshd:
	@tests/checks/install_sshd

.PHONY: nothing-skipped
nothing-skipped:
	@rm -f .cache/skipped.txt
