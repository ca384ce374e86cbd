# What a fresh Debian machine with a Swift toolchain needs, in four words:
#   make build   the release executable
#   make demo    a day of support traffic, the reports, and a server to look at
#   make test    everything that checks the code
#   make bench   import, queries and ingest, measured
# Each first installs the Debian packages that are missing, and says so. One configuration (release) serves all, so nothing is built twice;
# only `make test-asserts`, for whoever changes what the code relies on, has a build of its own that looks at every `assert`.

SWIFT ?= swift
FLAGS := -c release
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
LIBRARIES := libpg-query-dev libsimdjson-dev libre2-dev liblz4-dev libzstd-dev libxxhash-dev zlib1g-dev libssl-dev libcurl4-openssl-dev
# What commands of README ask a server with.
TOOLS := curl
CHECKERS := openssl prometheus prometheus-alertmanager postgresql python3-venv
VENV := .build-venv
# An optimised build takes `assert` out; this leaves it in, in packages that we use as well.
ASSERTS := -Xswiftc -assert-config -Xswiftc Debug --scratch-path .build-asserts
REQUIREMENTS := Tests/Outside/requirements.txt Tests/Outside/requirements-frameworks.txt
DEMO ?=

.PHONY: build demo test test-asserts bench packages test-packages clean

build: packages
	@echo "== building the release executable: the first time ten to twenty minutes on two cores, then seconds"
	$(SWIFT) build $(FLAGS) --product plimsoll

demo: build
	@echo "== running the demo: some twenty seconds to its reports, then a live server until Ctrl-C"
	@$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll demo $(DEMO)

test: test-packages
	@echo "== building and running all tests: the first time longer than make build, for tests are built too"
	PLIMSOLL_TEST_PYTHON="$(CURDIR)/$(VENV)/bin/python" $(SWIFT) test $(FLAGS) --disable-testable-imports

test-asserts: test-packages
	@echo "== building and running the tests with every assert looked at, in a build of its own"
	PLIMSOLL_TEST_PYTHON="$(CURDIR)/$(VENV)/bin/python" $(SWIFT) test $(FLAGS) $(ASSERTS) --disable-testable-imports

bench: build
	@Benchmarks/run "$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll"

packages:
	$(call install_missing,$(LIBRARIES) $(TOOLS))

test-packages: packages
	$(call install_missing,$(CHECKERS))
	@if ! cat $(REQUIREMENTS) | cmp -s - $(VENV)/installed.txt; then \
	  echo "== installing the Python packages of the outside checks into $(VENV) (a minute or so)"; \
	  python3 -m venv $(VENV) && $(VENV)/bin/pip install -q $(REQUIREMENTS:%=-r %) && cat $(REQUIREMENTS) > $(VENV)/installed.txt; \
	fi

# Installs the packages of the list that dpkg does not know as installed; silent and quick when there are none.
# RUNLEVEL=1 keeps packages with a daemon (prometheus) from starting it.
define install_missing
@missing=""; for package in $(1); do \
  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then \
  echo "== installing Debian packages (a minute or so):$$missing"; \
  $(SUDO) apt-get update -qq && $(SUDO) env RUNLEVEL=1 apt-get install -qq -y --no-install-recommends $$missing; \
fi
endef

clean:
	$(SWIFT) package clean
