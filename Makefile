# What a fresh Debian machine with a Swift toolchain needs, a word each:
#   make build   the release executable
#   make demo    a day of support traffic, the reports, and a server to look at
#   make test    everything that checks the code
#   make damage  a small store damaged at every byte and every length
#   make test-asserts   the tests in a build that looks at every `assert`, for whoever changes what the code relies on
#   make simulate SEEDS=10000   histories of stores with crashes, failing disks and damage, each drawn from its seed;
#                make failing-calls has each call of the file system fail once, make planted-bugs shows that it is seen
#   make year    a store that lives through a year of traffic, by a clock of its own
#   make overload   a server that is asked more than it can do, and clients that are too slow
#   make kill-loop ROUNDS=1000   the executable killed again and again under a mixed load, and every event accounted for; make faults has
#                it meet disks that fail, wait and lie, and limits of every kind
#   make oracles SEEDS=20   random questions, plans and histories of which the answer is known otherwise: by PostgreSQL and DuckDB, by a slow
#                engine, by what parts come to, by another way to keep the same
#   make fuzz FUZZ_SECONDS=60 [FUZZ_ONLY=sql]   each reader of outside bytes tried with any bytes, by libFuzzer;
#                make fuzz-seeds keeps what the readers begin with today in Tests/Fixtures/fuzz
#   make bench   import, queries and ingest, measured; make bench-peers sets them beside DuckDB, ClickHouse and Hyper,
#                make bench-kernels counts the instructions of each kernel and fails where one takes more than it did,
#                make bench-growth grows a store to a hundred million events and fails where a promise of its size does not hold
# And what runs where no toolchain is:
#   make release and, as root, make install     the executable, its manual and unit below PREFIX (DESTDIR before it)
#   make package                                the same as a Debian package
# Each first installs the Debian packages that are missing, and says so. One configuration (release) serves all, so nothing is built twice,
# but for test-asserts, planted-bugs and fuzz, which want the code in another form and have builds of their own.

SWIFT ?= swift
FLAGS := -c release
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
LIBRARIES := libpg-query-dev libsimdjson-dev libre2-dev liblz4-dev libzstd-dev libxxhash-dev zlib1g-dev libssl-dev libcurl4-openssl-dev libpq-dev libjs-chart.js
# What commands of README ask a server with.
TOOLS := curl
CHECKERS := chromium chromium-driver iproute2 openssl prometheus prometheus-alertmanager postgresql python3-venv strace
PACKAGERS := dpkg-dev binutils
# What Benchmarks/kernels.py counts with.
COUNTERS := valgrind binutils python3
VENV := .build-venv
# An optimised build takes `assert` out; this leaves it in, in packages that we use as well.
ASSERTS := -Xswiftc -assert-config -Xswiftc Debug --scratch-path .build-asserts
# Faults that somebody planted, in a build of its own that nobody installs.
PLANTED := -Xswiftc -DPLANTED_BUGS --scratch-path .build-planted
PLANTED_SEEDS := Tests/Goldens/StoreSimulations/planted-bugs.txt
SEEDS ?= 10000
STEP ?= 25
ROUNDS ?= 1000
# Options of Tests/Outside/faults.py, such as --only "failed flush".
FAULTS ?= --whole
# What libFuzzer counts edges of, in a build of its own; it brings its own way of linking, which gold cannot read.
FUZZED := -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld -Xlinker -u -Xlinker LLVMFuzzerRunDriver --scratch-path .build-fuzz
FUZZ_SECONDS ?= 60
FUZZ_ONLY ?=
# What an input may take: seconds, and megabytes of the process and at once.
FUZZ_BOUNDS := -timeout=5 -rss_limit_mb=2048 -malloc_limit_mb=512
PEERS_VENV := .build-peers-venv
PEERS_REQUIREMENTS := Benchmarks/requirements-peers.txt
REQUIREMENTS := Tests/Outside/requirements.txt Tests/Outside/requirements-frameworks.txt
DEMO ?=
# Options of Benchmarks/bench_peers.py, of Benchmarks/kernels.py, of Benchmarks/growth.py, of Tests/Outside/overload.py, and of workshop year.
PEERS ?=
KERNELS ?=
GROWTH ?=
OVERLOAD ?=
YEAR ?=

# Where `make install` lays things, by GNU's names.
PREFIX ?= /usr/local
prefix ?= $(PREFIX)
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
datarootdir ?= $(prefix)/share
mandir ?= $(datarootdir)/man
docdir ?= $(datarootdir)/doc/plimsoll
sysconfdir ?= $(if $(filter /usr,$(prefix)),/etc,$(prefix)/etc)
unitdir ?= $(prefix)/lib/systemd/system
sysusersdir ?= $(prefix)/lib/sysusers.d
INSTALL ?= install
INSTALL_PROGRAM ?= $(INSTALL) -m 755
INSTALL_DATA ?= $(INSTALL) -m 644
RELEASE := .build/package
# A package is newer than those of the commits before it.
PACKAGE_VERSION ?= $(shell $(RELEASE)/plimsoll version)$(shell git log -1 --date=format:%Y%m%d%H%M%S --format=+%cd.%h 2>/dev/null)

.PHONY: build demo test test-asserts damage overload simulate oracles year failing-calls planted-bugs clickhouse kill-loop faults fuzz fuzz-seeds bench bench-growth bench-kernels bench-peers peers-packages release install uninstall package packages test-packages clean

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

damage: test-packages
	@echo "== damaging a small store at every byte and every length, in every file: an hour or so"
	PLIMSOLL_DAMAGE=all $(SWIFT) test $(FLAGS) --disable-testable-imports --filter DamageEverywhereTests

overload: build
	@echo "== asking more of a server than this machine can do: two minutes; nothing else should run"
	@Tests/Outside/overload.py --plimsoll "$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" --seconds 60 $(OVERLOAD)

simulate: packages
	@echo "== building the developers' executable: after make build half a minute"
	$(SWIFT) build $(FLAGS) --product workshop
	@echo "== letting $(SEEDS) stores live: ten minutes for 10,000 of them on two cores"
	@"$$($(SWIFT) build $(FLAGS) --show-bin-path)/workshop" simulate --seeds $(SEEDS)

# A seed is 500 questions beside the others, 500 that are parted, a history in a dozen ways, and a thousand plans. SEED is the first one.
oracles: SEEDS = 20
oracles: SEED = 1
oracles: build test-packages
	@echo "== asking of $(SEEDS) seeds: some two minutes each on two cores"
	@plimsoll="$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" && status=0 && cd Tests/Outside && \
	for program in "engines_differential.py --questions 500" "partitions.py --questions 500" one_history.py; do \
	  echo "== $$program"; \
	  PYTHONDONTWRITEBYTECODE=1 ../../$(VENV)/bin/python $$program --plimsoll "$$plimsoll" --seed $(SEED) --seeds $(SEEDS) || status=1; \
	done; exit $$status
	PLIMSOLL_SEEDS=$$(( $(SEEDS) * 1000 )) $(SWIFT) test $(FLAGS) --disable-testable-imports \
	  --filter 'RandomPlanTests|ReportRollupTests|OneHistoryTests'

year: packages
	@echo "== building the developers' executable: after make build half a minute"
	$(SWIFT) build $(FLAGS) --product workshop
	@echo "== letting a year pass: an hour or so and 20 GB of disk by default; nothing else should run"
	@rm -rf .build-year
	@"$$($(SWIFT) build $(FLAGS) --show-bin-path)/workshop" year --data .build-year $(YEAR)

failing-calls: packages
	@echo "== having every $(STEP)th call fail, in ten ways: some twenty minutes; of every call (STEP=1) hours"
	$(SWIFT) build $(FLAGS) --product workshop
	@"$$($(SWIFT) build $(FLAGS) --show-bin-path)/workshop" failing-calls --step $(STEP)

planted-bugs: packages
	@echo "== building the developers' executable with faults in it: the first time some minutes"
	$(SWIFT) build $(FLAGS) $(PLANTED) --product workshop
	@"$$($(SWIFT) build $(FLAGS) $(PLANTED) --show-bin-path)/workshop" planted-bugs $(PLANTED_SEEDS)

# Shipping to ClickHouse against Debian's server and against chDB: not part of `make test` as long as it is being made.
clickhouse: build test-packages
	$(call install_missing,clickhouse-server)
	@$(VENV)/bin/pip install -q -r Tests/Outside/requirements-clickhouse.txt
	@plimsoll="$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" && status=0 && cd Tests/Outside && \
	for kind in debian chdb; do \
	  echo "== shipping to $$kind: ten minutes or so"; \
	  PYTHONDONTWRITEBYTECODE=1 ../../$(VENV)/bin/python shipping_clickhouse.py --plimsoll "$$plimsoll" --kind $$kind || status=1; \
	done; exit $$status

kill-loop: build
	@echo "== killing it $(ROUNDS) times: half an hour or more for 1,000"
	@python3 Tests/Outside/kill_loop.py --plimsoll "$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" --rounds $(ROUNDS)

faults: build
	$(call install_missing,strace)
	@echo "== trying each fault: half an hour or so with --whole"
	@python3 Tests/Outside/faults.py --plimsoll "$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" $(FAULTS)

# Each reader begins with its seeds and what Tests/Fixtures/fuzz/NAME keeps, and knows the words of its form. What is
# drawn stays in .build-fuzz/inputs; an input that is found lies in .build-fuzz/found/NAME, is told with the command that
# does it again, and belongs into Tests/Fixtures/fuzz/NAME when it is mended. A reader stops at the first one.
fuzz: packages
	@echo "== building the developers' executable for libFuzzer: the first time ten to twenty minutes"
	$(SWIFT) build $(FLAGS) $(FUZZED) --product workshop
	@status=1; workshop="$$($(SWIFT) build $(FLAGS) $(FUZZED) --show-bin-path)/workshop" && \
	"$$workshop" fuzz --seeds $(CURDIR)/.build-fuzz/seeds --words $(CURDIR)/.build-fuzz/words && status=0 && \
	for target in $(or $(FUZZ_ONLY),$$("$$workshop" fuzz --list | cut -f 1)); do \
	  echo "== $$target: $(FUZZ_SECONDS) s"; mkdir -p .build-fuzz/inputs/$$target .build-fuzz/found/$$target; \
	  "$$workshop" fuzz $$target -- -max_total_time=$(FUZZ_SECONDS) $(FUZZ_BOUNDS) -print_final_stats=1 -verbosity=0 \
	    $$(if [ -s .build-fuzz/words/$$target ]; then echo -dict=.build-fuzz/words/$$target; fi) \
	    -artifact_prefix=.build-fuzz/found/$$target/ .build-fuzz/inputs/$$target .build-fuzz/seeds/$$target \
	    $$(ls -d Tests/Fixtures/fuzz/$$target 2> /dev/null) || status=1; \
	  for found in .build-fuzz/found/$$target/*; do \
	    if [ -f "$$found" ]; then echo "== found; again: $$workshop fuzz $$target -- $(FUZZ_BOUNDS) $$found"; fi; \
	  done; \
	done; exit $$status

# What the readers' seeds are today, kept: where a form changes later, those of before it are still tried.
fuzz-seeds: packages
	$(SWIFT) build $(FLAGS) --product workshop
	@"$$($(SWIFT) build $(FLAGS) --show-bin-path)/workshop" fuzz --seeds $(CURDIR)/Tests/Fixtures/fuzz

bench: build
	@Benchmarks/run "$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll"

bench-growth: build
	@echo "== growing a store: an hour or more and 20 GB of disk by default; nothing else should run"
	@Benchmarks/growth.py --plimsoll "$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" $(GROWTH)

bench-kernels: packages
	$(call install_missing,$(COUNTERS))
	@echo "== building the developers' executable: after make build half a minute"
	$(SWIFT) build $(FLAGS) --product workshop
	@echo "== counting instructions under valgrind: some three minutes"
	@Benchmarks/kernels.py --workshop "$$($(SWIFT) build $(FLAGS) --show-bin-path)/workshop" $(KERNELS)

bench-peers: build peers-packages
	@echo "== asking the same of Plimsoll and of the peers: some five minutes; nothing else should run"
	@$(PEERS_VENV)/bin/python Benchmarks/bench_peers.py --plimsoll "$$($(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" $(PEERS)

# Links anew what make build built, with Swift's libraries inside. Symbols for reading a crash lie beside the executable.
release: packages
	$(call install_missing,$(PACKAGERS))
	@echo "== building the executable that needs no toolchain: half a minute after make build"
	PLIMSOLL_STATIC_SWIFT=1 $(SWIFT) build $(FLAGS) --disable-local-rpath --product plimsoll
	@mkdir -p $(RELEASE) && rm -f $(RELEASE)/plimsoll $(RELEASE)/plimsoll.debug
	@linked="$$(PLIMSOLL_STATIC_SWIFT=1 $(SWIFT) build $(FLAGS) --show-bin-path)/plimsoll" && cd $(RELEASE) && \
	  objcopy --only-keep-debug "$$linked" plimsoll.debug && chmod a-x plimsoll.debug && \
	  objcopy --strip-all --add-gnu-debuglink=plimsoll.debug "$$linked" plimsoll
	Deploy/manual $(RELEASE)/plimsoll > $(RELEASE)/plimsoll.1

# Settings that are there stay.
install:
	@test -x $(RELEASE)/plimsoll || { echo "make release makes what is installed" >&2; exit 1; }
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(docdir) $(DESTDIR)$(sysconfdir)/plimsoll
	$(INSTALL) -d $(DESTDIR)$(unitdir) $(DESTDIR)$(sysusersdir)
	$(INSTALL_PROGRAM) $(RELEASE)/plimsoll $(DESTDIR)$(bindir)/plimsoll
	$(INSTALL_DATA) $(RELEASE)/plimsoll.1 $(DESTDIR)$(mandir)/man1/plimsoll.1
	$(INSTALL_DATA) README.md $(DESTDIR)$(docdir)/README.md
	$(INSTALL_DATA) Deploy/INSTALLING.md $(DESTDIR)$(docdir)/INSTALLING.md
	sed -e 's#@bindir@#$(bindir)#' -e 's#@sysconfdir@#$(sysconfdir)#' Deploy/systemd/plimsoll.service \
	  > $(DESTDIR)$(unitdir)/plimsoll.service
	chmod 644 $(DESTDIR)$(unitdir)/plimsoll.service
	$(INSTALL_DATA) Deploy/systemd/plimsoll.sysusers $(DESTDIR)$(sysusersdir)/plimsoll.conf
	test -e $(DESTDIR)$(sysconfdir)/plimsoll/plimsoll.yaml || \
	  $(INSTALL_DATA) Deploy/plimsoll.yaml $(DESTDIR)$(sysconfdir)/plimsoll/plimsoll.yaml

# Leaves settings and data.
uninstall:
	rm -f $(DESTDIR)$(bindir)/plimsoll $(DESTDIR)$(mandir)/man1/plimsoll.1 $(DESTDIR)$(unitdir)/plimsoll.service
	rm -f $(DESTDIR)$(sysusersdir)/plimsoll.conf $(DESTDIR)$(docdir)/README.md $(DESTDIR)$(docdir)/INSTALLING.md
	-rmdir $(DESTDIR)$(docdir)

package: release
	@rm -rf $(RELEASE)/staged $(RELEASE)/*.deb
	@umask 022 && $(MAKE) -s install DESTDIR=$(CURDIR)/$(RELEASE)/staged prefix=/usr && \
	  SOURCE_DATE_EPOCH="$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)}" \
	  Deploy/debian/build $(CURDIR)/$(RELEASE)/staged "$(PACKAGE_VERSION)" $(RELEASE)
	@rm -rf $(RELEASE)/staged

packages:
	$(call install_missing,$(LIBRARIES) $(TOOLS))

test-packages: packages
	$(call install_missing,$(CHECKERS))
	@if ! cat $(REQUIREMENTS) | cmp -s - $(VENV)/installed.txt; then \
	  echo "== installing the Python packages of the outside checks into $(VENV) (a minute or so)"; \
	  python3 -m venv $(VENV) && $(VENV)/bin/pip install -q $(REQUIREMENTS:%=-r %) && cat $(REQUIREMENTS) > $(VENV)/installed.txt; \
	fi

peers-packages:
	$(call install_missing,python3-venv)
	@if ! cmp -s $(PEERS_REQUIREMENTS) $(PEERS_VENV)/installed.txt; then \
	  echo "== installing DuckDB, chDB and Hyper into $(PEERS_VENV) (a minute or so)"; \
	  python3 -m venv $(PEERS_VENV) && $(PEERS_VENV)/bin/pip install -q -r $(PEERS_REQUIREMENTS) && \
	  cp $(PEERS_REQUIREMENTS) $(PEERS_VENV)/installed.txt; \
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
