# SPDX-License-Identifier: GPL-2.0-only
#
# binderctl: its parsers, and what it finds out about a scripted set of processes, on our
# driver (6.1) and on mainline's (7.2).  BINDERCTL_ON="debug stock sid mainline-6.1
# mainline-7.2" is all of them.
step binderctl both each 120
binderctl_on=${BINDERCTL_ON:-stock mainline-7.2}
needs_binderctl() {
	local part
	for part in $binderctl_on; do
		case $part in
		debug | sid) want_module "$part" ;;
		stock) want_module $stock ;;
		mainline-6.1) want_kernel $stock ;;
		mainline-7.2) want_kernel sid ;;
		esac
	done
	make -s -C tools/binderctl STATIC=1 all scene 2>"$out/binderctl.make" || {
		cat "$out/binderctl.make"
		return 1
	}
}

# It loads the module itself: what it says without a driver is a test, too.
step_binderctl() {
	local part kernel file again
	check parsers make -s -C tools/binderctl check
	for part in $binderctl_on; do
		case $part in
		mainline-6.1) kernel=$stock file=$(vm_stock_module $stock) ;;
		mainline-7.2) kernel=sid file=$(vm_stock_module sid) ;;
		*) kernel=${part/stock/$stock} file=${module[$kernel]} ;;
		esac
		cp "$file" "$out/$step-$part-${file##*/}"
		file=$out/$step-$part-${file##*/}
		[[ $file != *.xz ]] || { xz -df "$file" && file=${file%.xz}; }
		again=()
		[[ $part != mainline-* ]] || again=(remember "$kernel" "$file"
			tools/binderctl/build/{binderctl,scene} --)
		"${again[@]}" guest_run 900 -c 1 -k "${image[$kernel]}" -f "$file:binder_linux.ko" \
			-f $guest/binderctl.sh -f tools/binderctl/build/binderctl \
			-f tools/binderctl/build/scene binderctl.sh \
			"$([[ $part == mainline-* ]] && echo "$part" || echo ours)"
	done
}
