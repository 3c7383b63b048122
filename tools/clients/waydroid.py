#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""waydroid.py CASE DRIVER: Waydroid's own code looks for a binder driver, and uses it.

Runs what /usr/lib/waydroid does before it starts a container: it loads the module, mounts
binderfs, adds devices and links them into /dev.  Then its service for Android's side
(IHardware) and its client of Android's services (IPlatform) talk over what it found.

CASE is what there is before: "nothing", "own-names" (the module is loaded with other
devices, "foo"), or "loaded" (with those that everybody uses).  DRIVER is "ours" or "stock".
Speaks TAP.
"""
import argparse
import os
import stat
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, "/usr/lib/waydroid")
import gbinder
from gi.repository import GLib
import tools.config
import tools.helpers.drivers as drivers
import tools.helpers.logging
from tools.interfaces import IHardware, IPlatform

case, driver = sys.argv[1:]
HERE = os.path.dirname(os.path.abspath(__file__))
OURS = ("anbox-binder", "anbox-vndbinder", "anbox-hwbinder")
KNOWN = ("binder", "vndbinder", "hwbinder")
PATIENCE = 60

args = argparse.Namespace(
    config="/var/lib/waydroid/waydroid.cfg", work="/var/lib/waydroid",
    log="/var/lib/waydroid/waydroid.log", action="container", vendor_type="MAINLINE", verbose=False,
    details_to_stdout=False, quiet=True, cache={}, timeout=60, sudo_timer=False)


processes = []


def start(*command):
    processes.append(subprocess.Popen(command, stdout=subprocess.PIPE))
    return processes[-1]


def is_device(name):
    return stat.S_ISCHR(os.stat(name).st_mode)


def filesystem_is_there():
    """Before, no driver is loaded, or one with names that Waydroid does not know."""
    loaded = os.path.exists("/sys/module/binder_linux")
    assert loaded == (case != "nothing")
    assert drivers.isBinderfsLoaded(args) == (loaded and driver == "ours")


def probing():
    tools.helpers.logging.init(args)
    drivers.setupBinderNodes(args)
    chosen = (args.BINDER_DRIVER, args.VNDBINDER_DRIVER, args.HWBINDER_DRIVER)
    assert chosen == (KNOWN if case == "loaded" else OURS), chosen
    for name in chosen:
        assert is_device("/dev/" + name), name


def probing_again():
    """As it does whenever a container starts: everything is there already."""
    before = sorted(os.listdir("/dev"))
    drivers.setupBinderNodes(args)
    assert sorted(os.listdir("/dev")) == before


def mounted():
    """Only where it had to look further than /dev."""
    wanted = driver == "ours" and case != "loaded"
    assert os.path.exists("/dev/binderfs/binder-control") == wanted
    assert os.path.ismount("/dev/binderfs") == wanted
    for name in OURS:
        assert not wanted or is_device("/dev/binderfs/" + name), name
        # The module's parameter made these already; else they are links.
        assert os.path.islink("/dev/" + name) == (case == "own-names"), name


def services_of_waydroid():
    """IHardware is registered by Waydroid's code, and called as Android does."""
    with open(args.config, "w") as config:
        config.write("[waydroid]\n" + "\n".join((
            f"binder = {args.BINDER_DRIVER}", f"vndbinder = {args.VNDBINDER_DRIVER}",
            f"hwbinder = {args.HWBINDER_DRIVER}", "binder_protocol = aidl3",
            "service_manager_protocol = aidl3")) + "\n")
    calls = []

    def note(*words):
        calls.append(words)
        return 1
    threading.Thread(daemon=True, target=IHardware.add_service, args=(
        args, note, note, lambda: note("suspend"), lambda: note("reboot"), note,
        note)).start()
    command = (sys.executable, __file__, "client", "/dev/" + args.BINDER_DRIVER)
    done = subprocess.run(command, timeout=PATIENCE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert calls == [(True,), ("suspend",), ("system", 5, "vendor", 6)], calls


def services_of_android():
    """IPlatform is Android's; Waydroid's client gets a property from ours."""
    fake = start(sys.executable, __file__, "platform", "/dev/" + args.BINDER_DRIVER)
    assert fake.stdout.readline() == b"ready\n"
    # get_service() may lose its object, and so its handle, before or while it is used (GLib
    # warns of it), with either driver: another one is asked for.
    assert any(property_is_kept(f"ro.example{attempt}") for attempt in range(8))


def property_is_kept(name):
    platform = IPlatform.get_service(args)
    if platform.getprop(name, "other") != "value of " + name:
        return False
    platform.setprop(name, "new")
    return platform.getprop(name, "other") == "new"


def other_devices():
    """A manager and a caller meet on each of them."""
    for name in (args.VNDBINDER_DRIVER, args.HWBINDER_DRIVER):
        start("/tests/servicemanager", "/dev/" + name, "aidl3")
        sm = gbinder.ServiceManager("/dev/" + name, "aidl3", "aidl3")
        assert sm.wait(PATIENCE * 1000)
        assert sm.list_sync() == []


def main():
    failed = False
    tests = (filesystem_is_there, probing, probing_again, mounted, services_of_waydroid,
             services_of_android, other_devices)
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        if test == services_of_waydroid:
            start("/tests/servicemanager", "/dev/" + args.BINDER_DRIVER, "aidl3")
        try:
            test()
            result = "ok"
        except Exception:
            with open(args.log) as log:
                said = log.read() + traceback.format_exc()
            print("#", said.strip().replace("\n", "\n# "))
            result, failed = "not ok", True
        print(f"{result} {number} {test.__name__}", flush=True)
    for process in processes:
        process.kill()
        process.wait()
    # Its service waits for Android for ever.
    os._exit(failed)


def service_manager(device):
    sm = gbinder.ServiceManager(device, "aidl3", "aidl3")
    assert sm.wait(PATIENCE * 1000)
    return sm


def be_client(device):
    sm = service_manager(device)
    end = time.monotonic() + PATIENCE
    while IHardware.SERVICE_NAME not in sm.list_sync():
        assert time.monotonic() < end
        time.sleep(0.1)
    remote, _status = sm.get_service_sync(IHardware.SERVICE_NAME)
    client = gbinder.Client(remote, IHardware.INTERFACE)
    for code, words in ((IHardware.TRANSACTION_enableNFC, (1,)),
                        (IHardware.TRANSACTION_suspend, ()),
                        (IHardware.TRANSACTION_upgrade, ("system", 5, "vendor", 6))):
        request = client.new_request()
        for word in words:
            if isinstance(word, int):
                request.append_int32(word)
            else:
                request.append_string16(word)
        reply, status = client.transact_sync_reply(code, request)
        assert status == 0 and reply.init_reader().read_int32() == (True, 0)


def be_platform(device):
    properties = {}
    sm = service_manager(device)

    def answer(request, code, _flags):
        reader, reply = request.init_reader(), mine.new_reply()
        name, value = reader.read_string16(), reader.read_string16()
        reply.append_int32(0)
        if code == IPlatform.TRANSACTION_setprop:
            properties[name] = value
        else:
            reply.append_string16(properties.get(name, "value of " + name))
        return reply, 0
    mine = sm.new_local_object(IPlatform.INTERFACE, answer)
    assert sm.add_service_sync(IPlatform.SERVICE_NAME, mine) == 0
    print("ready", flush=True)
    GLib.MainLoop().run()


if case == "client":
    be_client(driver)
elif case == "platform":
    be_platform(driver)
else:
    main()
