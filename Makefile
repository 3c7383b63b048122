# SPDX-License-Identifier: GPL-2.0-only
#
# Builds binder_linux.ko for any kernel, and starts the tests.  kbuild itself
# reads ./Kbuild; "make help" lists what there is.
#
# Objects never land between the sources: each kernel gets a directory under
# build/ with a tree of links to the sources in it, where kbuild runs.  So
# several kernels can be built side by side, and an edit is seen by all of them.

kdir_newest = $(lastword $(shell ls -d /lib/modules/*/build/Makefile 2>/dev/null | sort -V))
kdir_running := /lib/modules/$(shell uname -r)/build

# Only what builds needs a kernel.
goals := $(or $(MAKECMDGOALS),modules)
ifneq ($(filter modules install check check-build,$(goals)),)
  ifeq ($(origin KDIR),undefined)
    KDIR := $(kdir_running)
    ifeq ($(wildcard $(KDIR)/Makefile),)
      KDIR := $(patsubst %/Makefile,%,$(kdir_newest))
      ifeq ($(KDIR),)
        $(error no kernel headers in /lib/modules; install linux-headers-amd64 or give KDIR=)
      endif
      $(info No headers for the running kernel ($(shell uname -r)): building for $(KDIR))
    endif
  endif
  # What "uname -r" will say; Debian's kernel.release is something else.
  release := $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)
  ifeq ($(release),)
    $(error KDIR=$(KDIR) is not the build directory of a configured kernel)
  endif
endif

kunit := $(filter-out 0 n,$(KUNIT))
gcov := $(filter-out 0 n,$(GCOV))
kcov := $(filter-out 0 n,$(KCOV))
delays := $(filter-out 0 n,$(DELAYS))
dir := build/$(release)$(if $(kunit),-kunit)$(if $(delays),-delays)$(if $(gcov),-gcov)$(if $(kcov),-kcov)$(VARIANT)
sources := $(wildcard Kbuild Kconfig drivers include tests)
# What counts must be the driver's own branches, each once: UBSAN would add some, and inlining
# before they are counted would make copies.
gcov_kbuild := GCOV_PROFILE=y UBSAN_SANITIZE=n
jobs = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
kbuild = $(MAKE) $(jobs) -C $(KDIR) M=$(CURDIR)/$(dir) CONFIG_BINDER_LINUX=m \
	$(if $(kunit),CONFIG_BINDER_LINUX_KUNIT_TEST=y) $(if $(gcov),$(gcov_kbuild)) \
	$(if $(kcov),KCOV_INSTRUMENT=y) $(if $(delays),CONFIG_BINDER_LINUX_DELAYS=y) \
	KCFLAGS="$(strip $(KCFLAGS) $(if $(kunit),-DCONFIG_BINDER_LINUX_KUNIT_TEST=1) \
	$(if $(gcov),-fno-early-inlining) $(if $(kcov),-g))"

modules: links
	+@$(kbuild) modules
	@cp -u $(dir)/drivers/android/binder/binder_linux.ko $(dir)/
	@echo "  $(dir)/binder_linux.ko"

# Links to files that are gone, or to where this tree was before, are dropped.
links:
	@mkdir -p $(dir)
	@find $(dir) -ignore_readdir_race -type l ! -lname '$(CURDIR)/*' -delete -o -xtype l -delete
	@cp -rsf $(sources:%=$(CURDIR)/%) $(dir)/

install: modules
	+@$(kbuild) INSTALL_MOD_DIR=updates modules_install
	depmod $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) $(release)

# Everything that a compiler, sparse and checkpatch can find fault with.
check: check-build check-style

# The kernel has a script that says which sparse is new enough.  Debian's headers of 7.2
# lack it; without it the kernel's Makefile takes none at all, if it is not told to.
SPARSE ?= 2
checksrc = $(if $(wildcard $(KDIR)/scripts/checker-valid.sh),,KBUILD_CHECKSRC=$(SPARSE))
check-build:
	+@$(MAKE) VARIANT=-check W=1 C=$(SPARSE) $(checksrc) CF=-Wsparse-error \
		KCFLAGS="$(KCFLAGS) -Werror" KDIR=$(KDIR) modules

check-style:
	@tools/vm/style.sh

test:
	@tools/vm/setup.sh
	@tools/vm/test.sh

test-quick:
	@tools/vm/setup.sh
	@tools/vm/test.sh stock

# The same random scripts on Debian's driver and on ours, any number of them.
SEEDS ?= 2000
FIRST ?= 1
differential:
	@tools/vm/setup.sh
	@tools/vm/differential.sh $(SEEDS) $(FIRST)

# PARTS="..." runs some of the guests again, and takes the others' counters as they are.
coverage:
	@tools/vm/setup.sh
	@tools/coverage/coverage.sh $(PARTS)

# All at once, races and random scripts for longer than "make test" has them; half an hour.
soak:
	@tools/vm/setup.sh
	@tools/vm/soak.sh $(if $(filter file,$(origin MINUTES)),30,$(MINUTES))

# The racing programs on a kernel with KCSAN.
kcsan:
	@tools/vm/setup.sh
	@tools/vm/kcsan.sh

# Many a shell exports LINES; ours is the one on the command line.
bench:
	@tools/vm/setup.sh
	@$(if $(findstring command,$(origin LINES)),,env -u LINES) tools/bench/bench.sh

# New programs of our own grammar, guided by KCOV.
MINUTES ?= 10
SEED ?= $(shell date +%s)
fuzz:
	@tools/vm/setup.sh
	@tools/fuzz/fuzz.sh $(MINUTES) $(SEED)

demo:
	@tools/demo/demo.sh

shell:
	@tools/vm/setup.sh
	@tools/vm/shell.sh

# A release, and Debian packages of it; packaging/ has the rest.
dist:
	@packaging/dist.sh

deb:
	@tarball=$$(packaging/dist.sh) && packaging/deb.sh $$tarball build/deb

clean:
	rm -rf build
	@[ ! -e tools/selftests/Makefile ] || $(MAKE) -s -C tools/selftests clean

help:
	@echo 'Target       Does'
	@echo '-----------  ----------------------------------------------------------'
	@echo 'modules      build/<kernel>/binder_linux.ko (the default target)'
	@echo 'install      put it into /lib/modules/<kernel>/updates; needs root'
	@echo 'demo         boot a stock Debian kernel and watch the driver at work'
	@echo 'test         every test, on an instrumented and on stock kernels, in QEMU'
	@echo 'test-quick   the selftests on a stock Debian kernel only'
	@echo 'differential the same SEEDS= random scripts on Debian'"'"'s driver and on ours'
	@echo 'coverage     the share of lines and branches that the tests run through'
	@echo 'fuzz         MINUTES= of KCOV-guided fuzzing, and what of the module was reached'
	@echo 'soak         all at once and races, for MINUTES=, under KASAN and lockdep'
	@echo 'kcsan        the tests on a kernel with KCSAN: data races'
	@echo 'bench        what a call costs, with Debian'"'"'s driver and with ours'
	@echo 'shell        a guest with the module loaded, to look around in'
	@echo 'check        W=1 -Werror, sparse and checkpatch'
	@echo 'dist         build/dist/binder-linux-VERSION.tar.xz, of what is committed'
	@echo 'deb          Debian packages of that, in build/deb/'
	@echo 'clean        remove build/'
	@echo
	@echo 'Variable     Means'
	@echo '-----------  ----------------------------------------------------------'
	@echo 'KDIR=dir     the kernel to build for: its headers or build directory'
	@echo '             (default: those of the running kernel)'
	@echo 'KUNIT=1      link the KUnit suites into the module'
	@echo 'GCOV=1       count what runs, for a kernel with CONFIG_GCOV_KERNEL'
	@echo 'KCOV=1       have KCOV see what of the module is reached, with line numbers'
	@echo 'DELAYS=1     have it wait at random where it drops and takes locks'
	@echo 'V=1 W=1 C=2  as with the kernel itself'

.PHONY: modules links install check check-build check-style test test-quick differential coverage fuzz \
	soak kcsan bench demo shell dist deb clean help
