#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make build/dist/binder-linux-VERSION.tar.xz from what is committed; prints its name.
# The same commit gives the same bytes: all files have the commit's time.
#
# What is changed but not committed goes in as well, with a warning: that is for
# trying it, not for a release.
set -euo pipefail
cd "$(dirname "$0")/.."

# git would take another repository around this one for it.
[ -e .git ] || {
	echo "dist.sh: this is no clone. Packages of a release: packaging/deb.sh TARBALL build/deb" >&2
	exit 1
}

version=$(cat VERSION)
name=binder-linux-$version
time=$(git log -1 --format=%cI)
commit=$(GIT_AUTHOR_DATE=$time GIT_COMMITTER_DATE=$time git stash create)
[ -z "$commit" ] || echo "dist.sh: there are changes that are not committed" >&2
commit=${commit:-HEAD}

# A release is called the same everywhere.
says() {
	git show "$commit:$2" | grep -qF -- "$1" && return
	echo "dist.sh: $2 is not of version $version: it lacks '$1'" >&2
	exit 1
}
says "$version" VERSION
says "## $version " CHANGELOG.md
says "MODULE_VERSION(\"$version\")" drivers/android/binder/main.c
says "binder-linux ($version-" packaging/debian/changelog

mkdir -p build/dist
git archive --prefix="$name/" "$commit" | xz -9 >"build/dist/$name.tar.xz.new"
mv "build/dist/$name.tar.xz.new" "build/dist/$name.tar.xz"
echo "build/dist/$name.tar.xz"
