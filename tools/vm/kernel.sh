#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build a test kernel from a Debian source package, once per content of its
# configuration, and print the directory:
#
#   kernel.sh NAME FRAGMENT...       e.g. kernel.sh debug base debug debug-fp
#
# The directory holds the build tree (for "make -C") with arch/x86/boot/bzImage
# in it.  BINDER_TEST_SOURCE chooses the source package (default "sid
# linux-source-7.2"; "trixie linux-source-6.12" is another).
# Exports of what config/NAME.unexport lists, if it exists, are taken out; variables for
# make are in config/NAME.make.
. "$(dirname "${BASH_SOURCE[0]}")/debs.sh"

name=$1
shift
read -r suite source <<<"${BINDER_TEST_SOURCE:-sid linux-source-7.2}"
conf=$(dirname "${BASH_SOURCE[0]}")/config
fragments=("${@/#/$conf/}")
fragments=("${fragments[@]/%/.config}")
unexport=$conf/$name.unexport
[ -e "$unexport" ] || unexport=
variables=$conf/$name.make
[ -e "$variables" ] || variables=

# What is built in the background, for as long as process $1 lives, is told here.
show_progress() {
	local seconds started=$SECONDS minute=0 line

	while sleep 10 && kill -0 "$1" 2>/dev/null; do
		seconds=$((SECONDS - started))
		line=$(printf '  %4d s, %5d files compiled' $seconds \
			"$(grep -c '^  CC ' "$2" || :)")
		# A line that rewrites itself, or one a minute for a log.
		if [ -t 2 ]; then
			printf '\r%s' "$line" >&2
		elif [ $((seconds / 60)) -gt $minute ]; then
			minute=$((seconds / 60))
			echo "$line" >&2
		fi
	done
	[ ! -t 2 ] || echo >&2
}

# Nothing that is compiled here knows drivers/android: no fragment has it.
remove_exports() {
	local dir=$1 names pattern
	names=$(grep -v '^#' "$unexport" | paste -sd'|')
	pattern="^[[:space:]]*EXPORT_SYMBOL[A-Z_]*\\(($names)[,)]"
	grep -rlE --include='*.c' --exclude-dir=android "$pattern" "$dir" |
		xargs -r sed -i -E "/$pattern/d"
}

exports_are_gone() {
	local left
	left=$(cut -f 2 "$1/Module.symvers" | grep -xFf <(grep -v '^#' "$unexport")) || return 0
	echo "still exported: $left" >&2
	return 1
}

build() {
	local dir=$1 builder with=()
	echo "building the $name kernel from ${pkg##*/} (4 to 10 minutes on 2 cores)" >&2
	tar -C "$dir" --strip-components=1 -xf "$pkg"/usr/src/"$source".tar.xz || return
	# Its own release, so that modules for it have a build directory of their own.
	{
		cat "${fragments[@]}"
		echo "CONFIG_LOCALVERSION=\"-$name\""
	} >"$dir/fragments.config"
	[ -z "$unexport" ] || remove_exports "$dir" || return
	[ -z "$variables" ] || mapfile -t with < <(grep -v '^#' "$variables")
	make -s -C "$dir" KCONFIG_ALLCONFIG=fragments.config allnoconfig >&2 || return
	make -C "$dir" -j"$(nproc)" bzImage modules "${with[@]}" >"$dir/build.log" 2>&1 &
	builder=$!
	show_progress $builder "$dir/build.log"
	wait $builder || { tail -n 40 "$dir/build.log" >&2; return 1; }
	[ -z "$unexport" ] || exports_are_gone "$dir"
}

pkg=$(debs_unpack "$suite" "$source")
key=$( (basename "$pkg"; gcc --version | head -n 1; cat "${fragments[@]}"
	[ -z "$unexport" ] || cat "$unexport"
	[ -z "$variables" ] || cat "$variables") | sha256sum | cut -c 1-16)
dir=$vm_cache/kernels/$name-$key
debs_once "$dir" build
echo "$dir"
