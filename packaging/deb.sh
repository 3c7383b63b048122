#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build Debian packages from a release: deb.sh TARBALL DIR [DPKG-BUILDPACKAGE-OPTION]...
# The source package and the packages land in DIR.
set -euo pipefail
tarball=$1 dir=$2
shift 2

name=$(basename "$tarball" .tar.xz)
mkdir -p "$dir"
rm -rf "${dir:?}/$name"
cp "$tarball" "$dir/${name%-*}_${name##*-}.orig.tar.xz"
tar -C "$dir" -xf "$tarball"
cp -r "$dir/$name/packaging/debian" "$dir/$name/debian"
cd "$dir/$name"
dpkg-buildpackage -us -uc "$@"
