#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build an instrumented test kernel from Debian's linux-source, once per
# content of its configuration, and print the directory:
#
#   kernel.sh NAME FRAGMENT...       e.g. kernel.sh debug base debug debug-fp
#
# The directory holds the build tree (for "make -C") with arch/x86/boot/bzImage
# in it.  BINDER_TEST_SOURCE chooses the source package (default
# linux-source-7.2 from sid; "bookworm linux-source-6.1" works too).
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

name=$1
shift
read -r suite source <<<"${BINDER_TEST_SOURCE:-sid linux-source-7.2}"
conf=$(dirname "${BASH_SOURCE[0]}")/config

pkg=$(debs_unpack "$suite" "$source")
key=$( (basename "$pkg"; gcc --version | head -n 1
	for f in "$@"; do cat "$conf/$f.config"; done) | sha256sum | cut -c 1-16)
dir=$vm_cache/kernels/$name-$key
if [ ! -e "$dir/.complete" ]; then
	rm -rf "$dir"
	mkdir -p "$dir"
	echo "building the $name kernel from ${pkg##*/} (some 10 minutes on 2 cores)" >&2
	tar -C "$dir" --strip-components=1 -xf "$pkg"/usr/src/"$source".tar.xz
	# Its own release, so that modules for it have a build directory of their own.
	{
		for f in "$@"; do cat "$conf/$f.config"; done
		echo "CONFIG_LOCALVERSION=\"-$name\""
	} >"$dir/fragments.config"
	make -s -C "$dir" KCONFIG_ALLCONFIG=fragments.config allnoconfig >&2
	started=$SECONDS
	make -C "$dir" -j"$(nproc)" bzImage modules >"$dir/build.log" 2>&1 &
	build=$!
	while sleep 10 && kill -0 $build 2>/dev/null; do
		seconds=$((SECONDS - started))
		line=$(printf '  %4d s, %5d files compiled' $seconds \
			"$(grep -c '^  CC ' "$dir/build.log" || :)")
		# A line that rewrites itself, or one a minute for a log.
		if [ -t 2 ]; then
			printf '\r%s' "$line" >&2
		elif [ $((seconds / 60)) -gt $(((seconds - 10) / 60)) ]; then
			echo "$line" >&2
		fi
	done
	[ ! -t 2 ] || echo >&2
	wait $build || { tail -n 40 "$dir/build.log" >&2; exit 1; }
	touch "$dir/.complete"
fi
echo "$dir"
