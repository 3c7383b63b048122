#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""clients.py DEVICE [OTHER]: Debian's libgbinder, its tools and python3-gbinder.

A client (this) and services (service.py) meet through the manager that runs on DEVICE.
With OTHER, which has a manager as well, a bridge is built between the two, and tests
that take long are run, too.  Speaks TAP.
"""
import os
import signal
import subprocess
import sys
import time
import traceback
import zlib

import gbinder
from gi.repository import GLib
import service as s

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = s.INTERFACE + "/default"
PATIENCE = 60
# What libgbinder maps.
AREA = 1024 * 1024 - 2 * 4096

device, other = (*sys.argv[1:], None)[:2]
manager = gbinder.ServiceManager(device)
processes = []


def start(*command, ready="ready"):
    """A process of ours, which says when it is ready."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    processes.append(process)
    if ready:
        line = process.stdout.readline().strip()
        assert line == ready, f"{command} says {line!r}"
    return process


def start_service(name=NAME, where=device):
    return start(sys.executable, HERE + "/service.py", where, name)


def kill(process):
    process.kill()
    process.wait()
    processes.remove(process)


def until(condition):
    """Run the main loop, in which libgbinder tells its news, until it is so."""
    end = time.monotonic() + PATIENCE
    context = GLib.MainContext.default()
    GLib.timeout_add(50, lambda: time.monotonic() < end + 1)
    while not condition():
        assert time.monotonic() < end, "nothing has happened for a long time"
        context.iteration(True)


def look_up(name=NAME, in_manager=manager):
    remote, _status = in_manager.get_service_sync(name)
    return remote


class Answer:
    """A reader is good for as long as the reply is."""
    def __init__(self, reply, status):
        self.reply, self.status, self.reader = reply, status, reply.init_reader()

    def failed(self):
        """For an object that is known to be dead, there is not even a status."""
        return self.status != 0 or self.reader is None

    def __getattr__(self, name):
        def read():
            value = getattr(self.reader, name)()
            # Only now may the reply go.
            assert self.reply
            return value
        return read


class Caller:
    def __init__(self, remote=None):
        self.remote = remote or look_up()
        assert self.remote, "no such service"
        self.client = gbinder.Client(self.remote, s.INTERFACE)

    def request(self, **values):
        request = self.client.new_request()
        for kind, value in values.items():
            getattr(request, "append_" + kind.rstrip("_"))(value)
        return request

    def try_call(self, code, **values):
        return Answer(*self.client.transact_sync_reply(code, self.request(**values)))

    def call(self, code, **values):
        answer = self.try_call(code, **values)
        assert not answer.failed(), f"code {code}: status {answer.status}"
        return answer

    def length(self, data):
        reader = self.call(s.LENGTH, string8=data)
        raw = data.encode()
        assert reader.read_int32()[1] == len(raw)
        assert reader.read_int64()[1] == zlib.crc32(raw)

    def works(self):
        self.length("all is well")

    def settle(self):
        """libgbinder frees a call's buffer a moment after its reply."""
        until(lambda: not self.try_call(s.PID).failed())


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    print("#", *command, "->", done.returncode, repr(done.stdout), repr(done.stderr))
    return done.returncode, done.stdout


def pattern(size):
    """Text of that many bytes, which differ."""
    return "".join(map(str, range(size // 5)))[:size].ljust(size, "-")


# The tests, in the order in which they run.

def manager_answers():
    assert manager.is_present()
    assert manager.list_sync() == []


def unknown_service_is_none():
    assert look_up("org.example.INobody/default") is None


def service_is_found():
    start_service()
    assert look_up()
    assert manager.list_sync() == [NAME]


def values_come_back():
    for number, text in ((0, ""), (-2147483648, "plain"), (42, "Grüße, 世界, 🙂")):
        reader = Caller().call(s.ECHO, int32=number & 0xffffffff, int64=2**40 + 7,
                               string16=text, string8=text, bool=True, double=2.5)
        assert reader.read_int32() == (True, number)
        assert reader.read_int64() == (True, 2**40 + 7)
        assert reader.read_string16() == text
        assert reader.read_string8() == text
        assert reader.read_bool() == (True, True)
        assert reader.read_double() == (True, 2.5)


def caller_is_known():
    reader = Caller().call(s.CALLER)
    assert reader.read_int32()[1] == os.getpid()
    assert reader.read_int32()[1] == os.geteuid()


def file_is_passed():
    caller = Caller()
    read_end, write_end = os.pipe()
    request = caller.client.new_request()
    request.init_writer().append_fd(write_end)
    _reply, status = caller.client.transact_sync_reply(s.WRITE, request)
    assert status == 0
    os.close(write_end)
    assert os.read(read_end, 100) == b"written by the service"
    os.close(read_end)


def objects_are_made():
    first, second = (Caller(Caller().call(s.MAKE).read_object()) for _ in range(2))
    assert [c.call(1).read_int32()[1] for c in (first, first, second, first)] == [1, 2, 1, 3]


def object_is_called_back():
    caller = Caller()
    got = []

    def answer(request, _code, _flags):
        reply = mine.new_reply()
        reply.append_int32(request.init_reader().read_int32()[1] + 1)
        return reply, 0
    mine = manager.new_local_object(s.INTERFACE, answer)
    # Not in the main loop's way: it has to answer the service meanwhile.
    caller.client.transact(s.CALL_BACK, 0, caller.request(int32=41, local_object=mine),
                           lambda *reply: got.append(Answer(*reply)), lambda: None)
    until(lambda: got)
    assert not got[0].failed()
    assert [got[0].read_int32()[1] for _ in range(2)] == [0, 42]
    caller.works()


def one_way_calls_keep_order():
    caller = Caller()
    for number in range(100):
        assert caller.client.transact_sync_oneway(s.NOTE, caller.request(int32=number)) == 0
    until(lambda: len(caller.call(s.NOTES).read_string8().split()) == 100)
    assert caller.call(s.NOTES).read_string8() == " ".join(map(str, range(100)))


def a_thousand_calls():
    caller = Caller()
    for number in range(1000):
        caller.length(f"call {number}")


def several_clients_at_once():
    clients = [start(sys.executable, __file__, device, "--calls", "100", ready=None)
               for _ in range(3)]
    for client in clients:
        assert client.wait(PATIENCE) == 0
        processes.remove(client)


def payload_of_950_kb():
    caller = Caller()
    for _ in range(5):
        caller.length(pattern(950 * 1024))
        caller.settle()


def size_of(caller, size):
    request = caller.request(string8="x" * size)
    return request.init_writer().bytes_written()


def largest_payload():
    """All of the area and not a byte more; what is too large hurts nobody."""
    caller = Caller()
    low, high = AREA - 1024, AREA + 1024
    while high - low > 1:
        middle = (low + high) // 2
        if caller.try_call(s.LENGTH, string8="x" * middle).failed():
            high = middle
            caller.works()
        else:
            low = middle
            caller.settle()
    print(f"# largest: a string of {low} bytes, a payload of {size_of(caller, low)};",
          f"refused: {size_of(caller, high)}")
    assert size_of(caller, low) == AREA, size_of(caller, low)
    assert size_of(caller, high) == AREA + 4, size_of(caller, high)
    caller.length(pattern(low))


def largest_reply():
    caller = Caller()
    fits = AREA - 1	# and a zero
    caller.settle()
    assert caller.call(s.BYTES, int32=fits).read_string8() == "x" * fits
    assert caller.try_call(s.BYTES, int32=fits + 1).failed()
    caller.works()


def list_tool():
    status, out = run("binder-list", "-d", device)
    assert status == 0 and NAME in out.split()
    status, out = run("binder-list", "-a", "-d", device)
    assert status == 0 and NAME in out.split()


def ping_tool():
    assert run("binder-ping", "-d", device, NAME)[0] == 0
    assert run("binder-ping", "-d", device, "org.example.INobody/default")[0] != 0


def call_tool():
    _status, out = run("binder-call", "-a", "-d", device, NAME, str(s.ECHO), "7", "8L",
                      '"sixteen"u', '"eight"', "1", "0.5L", "reply",
                      "i32", "i64", "s16", "s8", "i32", "d")
    # Its status is 2 whatever happens.
    for value in ("7", "8", "sixteen", "eight", "0.5"):
        assert value in out, value


def call_tool_with_pointers():
    """HIDL's strings are buffers with parents: BC_TRANSACTION_SG, BINDER_TYPE_PTR."""
    _status, out = run("binder-call", "-d", device, NAME, str(s.HIDL), '"a hidl string"h',
                       "reply", "i32", "hstr")
    assert "A HIDL STRING" in out


def bridge():
    """Two devices, two managers; what is called here is served there."""
    name = s.INTERFACE + "/bridged"
    bridging = start("binder-bridge", device, other, name, ready=None)
    served = start_service(name, other)
    until(lambda: look_up(name))
    caller = Caller(look_up(name))
    pid = caller.call(s.PID).read_int32()[1]
    assert pid == served.pid, pid
    caller.length(pattern(100 * 1024))
    kill(served)
    until(lambda: caller.try_call(s.PID).failed())
    kill(bridging)
    until(lambda: not look_up(name))


def service_dies_in_a_call():
    served = start_service(NAME + "2")
    caller = Caller(look_up(NAME + "2"))
    assert caller.try_call(s.EXIT).failed()
    assert served.wait(PATIENCE) == 3
    processes.remove(served)
    until(lambda: not look_up(NAME + "2"))
    Caller().works()


def death_is_told():
    news = []
    caller = Caller()
    caller.remote.add_death_handler(lambda: news.append("dead"))
    caller.works()
    assert not caller.remote.is_dead()
    kill(processes[0])
    until(lambda: news)
    assert news == ["dead"] and caller.remote.is_dead()
    assert caller.try_call(s.PID).failed()
    until(lambda: not manager.list_sync())
    assert look_up() is None


def successor_works():
    served = start_service()
    caller = Caller()
    assert caller.call(s.PID).read_int32()[1] == served.pid
    caller.works()


def service_is_told_of_death():
    """The other way round: a service watches an object of a client's."""
    client = start(sys.executable, __file__, device, "--be-watched")
    caller = Caller()
    assert caller.call(s.DEATHS).read_int32()[1] == 0
    kill(client)
    until(lambda: caller.call(s.DEATHS).read_int32()[1] == 1)


TESTS = (
    manager_answers, unknown_service_is_none, service_is_found, values_come_back,
    caller_is_known, file_is_passed, objects_are_made, object_is_called_back,
    one_way_calls_keep_order, a_thousand_calls, several_clients_at_once, payload_of_950_kb,
    largest_payload, largest_reply, list_tool, ping_tool, call_tool, call_tool_with_pointers,
    bridge, service_dies_in_a_call, death_is_told, successor_works, service_is_told_of_death,
)


# What takes long is run on one device only.
LONG = (a_thousand_calls, several_clients_at_once, payload_of_950_kb, largest_payload,
        largest_reply, bridge, service_dies_in_a_call)


def main():
    failed = False
    tests = [test for test in TESTS if test not in LONG or other]
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        began = time.monotonic()
        try:
            test()
            result = "ok"
        except Exception:
            print("#", traceback.format_exc().strip().replace("\n", "\n# "))
            result, failed = "not ok", True
        print(f"# {time.monotonic() - began:.1f} s")
        print(f"{result} {number} {test.__name__}", flush=True)
    for process in processes:
        process.send_signal(signal.SIGKILL)
    return failed


def be_watched():
    mine = manager.new_local_object(s.INTERFACE, lambda *_: (mine.new_reply(), 0))
    caller = Caller()
    caller.call(s.WATCH, local_object=mine)
    print("ready", flush=True)
    GLib.MainLoop().run()


if sys.argv[2:3] == ["--calls"]:
    mine = Caller()
    for turn in range(int(sys.argv[3])):
        mine.length(f"{os.getpid()} {turn}")
elif sys.argv[2:3] == ["--be-watched"]:
    be_watched()
else:
    sys.exit(main())
