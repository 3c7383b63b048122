#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# checkpatch.pl --strict over every C file and header of ours, or over those
# given.  The newest kernel's checkpatch is used: from the instrumented
# kernel's source package.  A file without remarks is not looked at again until it
# or the script is another (in the cache, by content).
. "$(dirname "${BASH_SOURCE[0]}")/kernels.sh"

pkg=$(debs_unpack sid linux-source-7.2)
dir=$pkg/checkpatch
if [ ! -e "$dir/.complete" ]; then
	mkdir -p "$dir"
	tar -C "$dir" --strip-components=2 -xf "$pkg/usr/src/linux-source-7.2.tar.xz" \
		linux-source-7.2/scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch}
	touch "$dir/.complete"
fi

cd "$vm_top"
if [ $# -gt 0 ]; then
	files=("$@")
else
	mapfile -t files < <(git ls-files -co --exclude-standard '*.c' '*.h' |
		grep -v '^tools/selftests/include/')	# the kernel's own
fi
# Whose name is "FILE VERSION OPTIONS", hashed with the content.
clean=$vm_cache/style
mkdir -p "$clean"
find "$clean" -type f -mtime +30 -delete 2>/dev/null || :	# another may be at it, too
version=$(cat "$dir"/{checkpatch.pl,spelling.txt,const_structs.checkpatch} "$vm_top/tools/vm/style.sh" | sha256sum)
bad=0
for file in "${files[@]}"; do
	# Telling kernel versions apart is what compat/ is for.
	ignore=FILE_PATH_CHANGES
	[[ $file != */compat/* ]] || ignore+=,LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_ARG_REUSE
	# Trace events have a form of their own, which it does not know here.
	[[ $file != */trace.h ]] || ignore+=,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT
	# The kernel's macros are not for programs.
	[[ $file != tools/* ]] || ignore+=,PREFER_DEFINED_ATTRIBUTE_MACRO
	key=$( (echo "$file $version $ignore"; cat "$file") | sha256sum | cut -c 1-32)
	[ ! -e "$clean/$key" ] || continue
	perl "$dir/checkpatch.pl" --strict --no-tree --no-summary --terse \
		--show-types --ignore "$ignore" -f "$file" && touch "$clean/$key" || bad=$((bad + 1))
done
echo "checkpatch: ${#files[@]} files, $bad with remarks"
[ $bad -eq 0 ]
