# SPDX-License-Identifier: GPL-2.0-or-later
# A thin front: each target makes sure of its Debian packages, then calls what does the work.

PREFIX ?= /usr/local
BUILD ?= build
SECONDS_EACH ?= 60
DEPS = @tools/deps install

.PHONY: build demo check-quick check check-long check-trixie bench fuzz docs support deb install lab clean help

build:
	$(DEPS) build
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) --prefix='$(PREFIX)'
	@ninja -C $(BUILD)

demo: build
	$(DEPS) lab
	@lab/demo/run

check-quick:
	$(DEPS) build test
	@tests/run quick

check:
	$(DEPS) build test check docs deb lab
	@tests/run check

check-long:
	$(DEPS) build test check docs deb lab trixie
	@tests/run long

check-trixie:
	$(DEPS) trixie
	@tools/trixie

bench:
	$(DEPS) build bench lab
	@test -f build-release/build.ninja || meson setup build-release --buildtype=release
	@ninja -C build-release
	@bench/run build-release
	@bench/lab build-release

fuzz:
	$(DEPS) build test check
	@tests/fuzz/run $(SECONDS_EACH)

docs:
	$(DEPS) docs
	@tools/docs $(BUILD)/docs

support:
	@tools/support-matrix update

deb:
	$(DEPS) build deb
	@tools/deb $(BUILD)/deb

install: build
	@meson configure $(BUILD) -Dprefix='$(PREFIX)'
	@DESTDIR='$(DESTDIR)' meson install -C $(BUILD)
	@if [ -z '$(DESTDIR)' ] && [ "$$(id -u)" = 0 ]; then PATH="$$PATH:/usr/sbin:/sbin" ldconfig; fi

lab: build
	$(DEPS) lab
	@lab/gvm-lab vm --shell

clean:
	rm -rf build build-*/

help:
	@echo 'make build         build gvm in build/ (BUILD=DIR PREFIX=DIR)'
	@echo 'make demo          a virtual GPU and a VM that uses it, on a real kernel, without any GPU'
	@echo 'make check         all tests (check-quick: under 3 minutes; check-long: no limit)'
	@echo 'make check-trixie  build and test in a Debian 13 root'
	@echo 'make bench         measure gvm beside its peers'
	@echo 'make fuzz          feed the parsers with random input (SECONDS_EACH=60)'
	@echo 'make docs          the manual of the code, in build/docs'
	@echo 'make support       docs/support.md, of the results of the last make check'
	@echo 'make deb           Debian packages, in build/deb'
	@echo 'make install       install (PREFIX=$(PREFIX) DESTDIR=)'
	@echo 'make lab           a shell on the simulated host'
	@echo 'make clean         remove what was built here; the cache of the lab stays'
