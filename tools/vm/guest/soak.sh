#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# soak.sh SECONDS: all at once, for so long; then the module goes, and kmemleak is asked
# if it is on. If the module has delays, each of the windows that published CVEs name must
# have been held open: a window is the functions in which a lock is dropped at its
# beginning, or taken at its end.
. /tests/lib.sh
export BINDER_SOAK_SECONDS=$1
delays=/sys/kernel/debug/binder_delays

/tests/selftests.sh $(($1 * 2 + 300)) soak

# window NAME FUNCTION...
window() {
	window_name=$1
	shift
	for function; do
		count=$(awk -v f="$function" '$1 == f { n += $2 } END { print n + 0 }' $delays)
		echo "# $window_name: $function waited $count times"
		check "$window_name-$function" test "$count" -gt 0
	done
}

if [ -e $delays ]; then
	begin windows
	window taken-not-delivered read_works_unlock commit_all
	window looked-up-not-queued binder_handle_get_node place_buffer submit_to_target
	window unmapped-not-closed area_vma_close binder_proc_release
	window reply-against-death pop_call binder_transaction_answer \
		binder_transaction_release_stack
	window freed-against-delivered binder_area_claim binder_area_free
	window death-told-against-handle-gone watch_news_locked watch_news watch_disarm
	window frozen-against-sending freeze thaw binder_watch_proc_frozen
	window reclaim-against-mapping isolate page_reclaim binder_area_mmap binder_pages_close
	window leaving-against-polling binder_thread_release binder_thread_poller binder_poll
	window device-made-against-gone minor_get minor_put binder_log_dir_get binder_log_dir_put
	end
fi

begin soak-unload
if grep -q kmemleak=on /proc/cmdline; then
	check kmemleak-loaded kmemleak_is_empty
	check unload unloads
	check kmemleak-unloaded kmemleak_is_empty
else
	check unload unloads
fi
end
