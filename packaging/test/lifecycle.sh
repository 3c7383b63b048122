#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A package's life in the root of a Debian suite: lifecycle.sh DIR VERSION SUITE.  Builds it,
# installs it, looks at what that did, installs it again, upgrades it, removes it.
# Speaks TAP; tools/vm/steps/packaging.sh runs it where it can do no harm.
#
# DIR has the release, deb.sh and lib.sh, and gets
#   debs/, next/  the packages, and those of the version after it
#   guest.tar   a root with what the package installed, and with modprobe and udev to use it
#   srcversion  that of the module that DKMS built
#   called      what the maintainer scripts of the last apt-get called
set -euo pipefail
dir=$1 version=$2 suite=$3
. "$dir/lib.sh"
mkdir -p "$dir/debs" "$dir/next"
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
kernel=$(basename /lib/modules/*-amd64)
ours=updates/dkms/binder_linux.ko
theirs=kernel/drivers/android/binder_linux.ko

# Builds packages of release $1 in directory $2.
build() {
	"$dir/deb.sh" "$dir/binder-linux-$1.tar.xz" "$dir/$2" "${@:3}"
}

# The release after this one is the same, under another number.
build_next() {
	local next=$1 source=$dir/binder-linux-$1

	tar -C "$dir" -xf "$dir/binder-linux-$version.tar.xz"
	mv "$dir/binder-linux-$version" "$source"
	echo "$next" >"$source/VERSION"
	sed -i "1s/($version-/($next-/" "$source/packaging/debian/changelog"
	sed -i "/^MODULE_VERSION/s/$version/$next/" "$source/drivers/android/binder/main.c"
	XZ_OPT=-0 tar -C "$dir" -cJf "$source.tar.xz" "binder-linux-$next"
	rm -r "$source"
	build "$next" next --build=all
}

lintian_is_silent() {
	lintian --allow-root --tag-display-limit 0 "$dir"/debs/*.changes >"$dir/lintian" 2>&1
	cat "$dir/lintian"
	[ ! -s "$dir/lintian" ]
}

# Maintainer scripts take this for a machine where systemd and udev run; what they would tell
# those, they tell programs that write it down in called.
stand_in() {
	local name

	mkdir -p /tmp/stand-in
	for name; do
		cat >"/tmp/stand-in/$name" <<-EOF
			#!/bin/sh
			getent group binder >/dev/null || echo "no group yet" >>$dir/called
			echo "$name \$*" >>$dir/called
		EOF
		chmod +x "/tmp/stand-in/$name"
	done
}

# apt_get COMMAND...: with manual pages and documents as well, which the root has none of;
# and with ccache.
apt_get() {
	local status=0

	: >"$dir/called"
	mkdir -p /run/systemd/system /run/udev
	touch /run/udev/control
	apt-get -q -y -o Dpkg::Options::=--path-include='/usr/share/*' \
		-o DPkg::Path="/tmp/stand-in:$PATH" "$@" 2>&1 | tee -a "$dir/apt.log" || status=$?
	rm -r /run/systemd/system /run/udev
	cat "$dir/called"
	return $status
}

# It knows no group that was made after it has read its rules.
tells_udev() {
	printf 'udevadm %s\n' 'control --reload' \
		'trigger --subsystem-match=misc --sysname-match=*binder' | cmp - "$dir/called"
}

# Whoever uses the devices keeps them: no binderfs is unmounted, no mode set again.
leaves_devices() {
	apt_get "$@" && fails grep . "$dir/called"
}

# modprobe takes this file, under the modules of the kernel.
takes() {
	local file
	file=$(modinfo -k "$kernel" -n binder_linux)
	echo "modprobe takes $file"
	[[ $file == /lib/modules/$kernel/$1* ]] &&
		modprobe -S "$kernel" -n -v binder_linux | grep -F "insmod $file"
}

# Installed for the one kernel there is, and nothing of another version is left.  Newer
# versions of DKMS also say that there is a module of the kernel's own.
is_installed() {
	dkms status
	[ "$(dkms status | sed 's/ (Original modules exist)$//')" = \
		"binder/$1, $kernel, x86_64: installed" ] &&
		[ "$(echo /usr/src/binder-*)" = "/usr/src/binder-$1" ] &&
		takes $ours && [ "$(modinfo -k "$kernel" -F version binder_linux)" = "$1" ]
}

# is_file MODE PATH: root's, and of that mode.
is_file() {
	local is
	is=$(stat -c '%a %U %G' "$2")
	echo "$2: $is"
	[ "$is" = "$1 root root" ]
}

has_devices() {
	modprobe -S "$kernel" -n -v binder_linux | grep -w devices=binder,hwbinder,vndbinder
}

has_group() {
	local id
	id=$(getent group binder | cut -d: -f3)
	echo "group binder: $id"
	[ "$id" -lt 1000 ]
}

is_signed() {
	local signer
	signer=$(modinfo -k "$kernel" -F signer binder_linux)
	echo "signed by $signer"
	[ -n "$signer" ] &&
		openssl x509 -inform der -in /var/lib/dkms/mok.pub -noout -subject -nameopt RFC2253 |
		grep -xF "subject=CN=$signer"
}

unit_is_sound() {
	local said
	said=$(systemd-analyze verify --man=no /usr/lib/systemd/system/dev-binderfs.mount 2>&1 |
		grep -F dev-binderfs) || :
	echo "$said"
	[ -z "$said" ]
}

# A root with the suite's modprobe and udev, and with what they read of the package.
make_guest() {
	local root=$dir/guest file
	mkdir -p "$root"/{dev,proc,sys,run,tmp,etc,usr/{bin,sbin,lib,lib64},usr/lib/udev/rules.d}
	ln -s usr/{bin,sbin,lib,lib64} "$root/"
	for file in /usr/sbin/modprobe /usr/bin/{udevadm,dash,touch} /usr/lib/systemd/systemd-udevd; do
		echo "$file"
		ldd "$file" | grep -oE '/[^ ]+'
	done | sort -u | while read -r file; do
		install -D "$file" "$root$file"
	done
	cp /etc/{passwd,group} "$root/etc/"
	cp /usr/lib/udev/rules.d/{50-udev-default,60-binder}.rules "$root/usr/lib/udev/rules.d/"
	sed -n '/\/run\/udev\/control/,/^fi/p' /var/lib/dpkg/info/binder-dkms.postinst >"$root/tell-udev"
	cp -r --parents /usr/lib/{modprobe.d,modules} /usr/lib/systemd/system/dev-binderfs.mount "$root/"
	rm -f "$root"/usr/lib/modules/*/{build,source}
	tar -C "$root" -cf "$dir/guest.tar" .
	modinfo -k "$kernel" -F srcversion binder_linux >"$dir/srcversion"
}

# What apt and the accounts say is the same as before, but for the group.
is_forgotten() {
	dpkg-query -W | cmp - "$dir/packages" &&
		grep -v '^binder:' /etc/group | cmp - "$dir/group"
}

dpkg-query -W >"$dir/packages"
cp /etc/group "$dir/group"
begin "packaging-$suite"
stand_in deb-systemd-invoke udevadm
check "build" build "$version" debs
check "build-next" build_next "$version.1"
# The newest knows most.
[ "$suite" != sid ] || check "lintian" lintian_is_silent
check "before" takes $theirs
check "install" apt_get install "$dir"/debs/*.deb
check "tells-udev" tells_udev
check "installed" is_installed "$version"
check "says-so" grep -F "$kernel: modprobe takes /lib/modules/$kernel/$ours" "$dir/apt.log"
check "intact" dpkg --verify binder-dkms binderctl
for file in modprobe.d/binder.conf modules-load.d/binder.conf sysusers.d/binder.conf \
	udev/rules.d/60-binder.rules systemd/system/dev-binderfs.mount; do
	check "file-${file%%/*}" is_file 644 "/usr/lib/$file"
done
check "devices" has_devices
check "group" has_group
check "signed" is_signed
check "unit" unit_is_sound
check "unit-off" fails systemctl is-enabled dev-binderfs.mount
check "binderctl" binderctl --help
check "guest" make_guest
# Whoever enables the unit has links to it, which are to go with it.
check "enable-unit" systemctl enable dev-binderfs.mount
check "reinstall" leaves_devices install --reinstall "$dir"/debs/binder-dkms*.deb
check "reinstalled" is_installed "$version"
check "upgrade" leaves_devices install "$dir"/next/binder-dkms*.deb
check "upgraded" is_installed "$version.1"
check "remove" apt_get remove binder-dkms
check "removed" takes $theirs
check "purge" apt_get purge binder-dkms binderctl binderctl-dbgsym
check "purged" takes $theirs
check "forgotten" is_forgotten
end
