# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's packages in a root of each suite: built, installed, upgraded, removed, and whether
# the machine is as it was then; the module that DKMS built there, loaded as the package has
# it by the suite's own modprobe and udev, on the suite's stock kernel.
step packaging "each suite's" ours 200

# packaging_root SUITE: what builds and checks packages, and what a machine with DKMS has.
packaging_root() {
	local dir needs="apt build-essential ccache debhelper dh-dkms dkms kmod libjson-c-dev
		libncurses-dev libnl-genl-3-dev libtraceevent-dev libtracefs-dev lintian
		linux-headers-amd64 openssl pkgconf systemd udev"

	# shellcheck disable=SC2086	# they are words
	dir=$vm_cache/roots/$1-packaging-$(vm_root_key "$1" $needs)
	debs_once "$dir" vm_root_make "$1" "$(echo $needs)" || return
	echo "$dir"
}

needs_packaging() {
	local suite
	want_others transaction crash
	for suite in bookworm trixie sid; do
		want_kernel $suite
		[ "$(id -u)" != 0 ] || packaging_root $suite >/dev/null
	done
}

# What may be left behind: logs and caches, package managers' notes, and what other packages
# make when they are first used.  The group stays, as is the custom in Debian: its number
# must not become somebody else's.  The compiler's cache is the test's own.
packaging_left='^(var/log/(dpkg|alternatives|apt/[a-z]*)(\.log)?(\.xz)?'
packaging_left+='|var/cache/(apt|ldconfig|debconf|man)/.*|var/lib/apt/.*'
packaging_left+='|var/lib/dpkg/(status|available|lock|triggers/)[^/]*'
packaging_left+='|root/\.cache(/ccache(/.*)?)?'
packaging_left+='|var/lib/dkms/mok\.(key|pub)|etc/(group|gshadow)-?|etc/\.pwd\.lock)$'

# packaging_kernel SUITE DIR: the files of a kernel package that matter, which are Debian's
# own module, and what depmod reads.
packaging_kernel() {
	local module dir release

	module=$(vm_stock_module "$1")
	dir=${module%/kernel/*}
	release=$2/usr/lib/modules/${dir##*/}
	mkdir -p "$release/kernel/drivers/android"
	cp "$module" "$release/kernel/drivers/android/"
	find "$dir" -maxdepth 1 -name 'modules.*' -exec cp -t "$release" {} +
}

packaging_live() {
	local suite=$1 version=$2 work=$out/packaging-$1 status=0

	mkdir -p "$work/shared" "$vm_cache/ccache/$suite"
	packaging_kernel "$suite" "$work/kernel"
	cp "build/dist/binder-linux-$version.tar.xz" packaging/deb.sh packaging/test/lifecycle.sh \
		$guest/lib.sh "$work/shared/"
	packaging/test/in-root.sh "$(packaging_root "$suite")" "$work/kernel" "$work/shared" \
		"$vm_cache/ccache/$suite" bash /mnt/lifecycle.sh /mnt "$version" "$suite" \
		2>"$work/stderr" | tee "$work/tap" | tools/vm/tap.sh "$out/$step.results" || status=$?
	if [ $status != 0 ]; then
		result fail "$suite" "in-root.sh: $status"
		sed 's/^/    /' "$work/stderr"
	fi

	# That nothing at all changed would be a list that was not made.
	grep -vE "$packaging_left" "$work/shared/changes" >"$work/left" || :
	if [ -s "$work/left" ] || ! grep -qx etc/group "$work/shared/changes"; then
		head -n 20 "$work/left" | sed 's/^/    /'
		result fail "$suite as it was" "see above"
	else
		result pass "$suite as it was"
	fi
}

# That the module works, and does what it is for.  All the rest is tried by the other steps,
# on a module that the same compiler has built.
packaging_boot() {
	local suite=$1 shared=$out/packaging-$1/shared part=$1

	guest_run 600 -c 1 -k "${image[$suite]}" -f "$shared/guest.tar" -f $guest/packaging.sh \
		-f $guest/selftests.sh -f tools/selftests/build/transaction \
		-f tools/selftests/build/crash \
		"packaging.sh $suite $(cat "$shared/srcversion"); selftests.sh 300 transaction 'crash -f no_vma'"
}

# In a release, which is in another repository here: no other release is made of that one.
packaging_release() {
	local version=$1 said
	tar -C "$out" -xf "build/dist/binder-linux-$version.tar.xz" || return
	said=$(make -C "$out/binder-linux-$version" deb 2>&1) && return 1
	echo "$said"
	[ ! -e "$out/binder-linux-$version/build" ] && grep -F 'packaging/deb.sh TARBALL' <<<"$said"
}

step_packaging() {
	local suite version
	version=$(cat VERSION)
	if [ "$(id -u)" != 0 ]; then
		result skip packaging "only root can install packages in a root"
		return
	fi
	check "release" packaging/dist.sh
	mv "build/dist/binder-linux-$version.tar.xz" "$out/$step.tar.xz"
	check "release, again" packaging/dist.sh
	check "same bytes" cmp "build/dist/binder-linux-$version.tar.xz" "$out/$step.tar.xz"
	check "in a release" packaging_release "$version"
	for suite in bookworm trixie sid; do
		packaging_live $suite "$version"
		packaging_boot $suite
	done
}
