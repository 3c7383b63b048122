#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Install what building and testing needs, on Debian: only what is missing.
set -euo pipefail

# A package, and a file that says it is there.
needs=(
	gcc:/usr/bin/gcc
	g++:/usr/bin/g++
	git:/usr/bin/git
	make:/usr/bin/make
	python3:/usr/bin/python3
	libc6-dev:/usr/include/stdio.h
	libc6-dev-i386:/usr/include/gnu/stubs-32.h
	lib32gcc-12-dev:/usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a
	binutils:/usr/bin/objcopy
	perl:/usr/bin/perl
	flex:/usr/bin/flex
	bison:/usr/bin/bison
	bc:/usr/bin/bc
	libelf-dev:/usr/include/gelf.h
	libssl-dev:/usr/include/openssl/ssl.h
	dwarves:/usr/bin/pahole
	cpio:/usr/bin/cpio
	kmod:/sbin/depmod
	rsync:/usr/bin/rsync
	xz-utils:/usr/bin/xz
	zstd:/usr/bin/zstd
	mmdebstrap:/usr/bin/mmdebstrap
	pkg-config:/usr/bin/pkg-config
	libnl-genl-3-dev:/usr/include/libnl3/netlink/genl/genl.h
	libtracefs-dev:/usr/include/tracefs/tracefs.h
	libtraceevent-dev:/usr/include/traceevent/event-parse.h
	libjson-c-dev:/usr/include/json-c/json.h
	libncurses-dev:/usr/include/curses.h
	sparse:/usr/bin/sparse
	busybox-static:/bin/busybox
	qemu-system-x86:/usr/bin/qemu-system-x86_64
	debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg
	ca-certificates:/etc/ssl/certs
	linux-headers-amd64:/lib/modules/*/build/Makefile
)

missing=()
for need in "${needs[@]}"; do
	# The headers' place has a wildcard in it.
	compgen -G "${need#*:}" >/dev/null || missing+=("${need%%:*}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
	echo "Please install (these are Debian's names), then try again: ${missing[*]}" >&2
	exit 1
fi
echo "== setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get -q update </dev/null
apt-get -q -y install --no-install-recommends "${missing[@]}" </dev/null
