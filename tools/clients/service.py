#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""service.py DEVICE NAME: a service as anybody would write it with python3-gbinder.

It says "ready" when it is registered, and then serves until it is killed.
"""
import os
import sys
import zlib

import gbinder
from gi.repository import GLib

INTERFACE = "org.example.IEcho"
(ECHO, CALLER, LENGTH, BYTES, WRITE, MAKE, CALL_BACK, NOTE, NOTES, WATCH, DEATHS, EXIT,
 HIDL, PID) = range(1, 15)


class Service:
    def __init__(self, device, name):
        self.manager = gbinder.ServiceManager(device)
        self.object = self.manager.new_local_object(INTERFACE, self.answer)
        self.notes = []
        self.deaths = 0
        self.keep = []
        status = self.manager.add_service_sync(name, self.object)
        if status:
            sys.exit(f"registering {name}: {status}")

    def answer(self, request, code, flags):
        reply = self.object.new_reply()
        self.methods[code](self, request, request.init_reader(), reply)
        return reply, 0

    def echo(self, _request, reader, reply):
        reply.append_int32(reader.read_int32()[1] & 0xffffffff)
        reply.append_int64(reader.read_int64()[1])
        reply.append_string16(reader.read_string16())
        reply.append_string8(reader.read_string8())
        reply.append_bool(reader.read_bool()[1])
        reply.append_double(reader.read_double()[1])

    def caller(self, request, _reader, reply):
        reply.append_int32(request.sender_pid())
        reply.append_int32(request.sender_euid())

    def length(self, _request, reader, reply):
        data = reader.read_string8().encode()
        reply.append_int32(len(data))
        reply.append_int64(zlib.crc32(data))

    def bytes(self, _request, reader, reply):
        reply.append_string8("x" * reader.read_int32()[1])

    def write(self, _request, reader, _reply):
        fd = reader.read_dup_fd()
        os.write(fd, b"written by the service")
        os.close(fd)

    def make(self, _request, _reader, reply):
        """A new object with a counter of its own."""
        count = 0

        def answer(_request, _code, _flags):
            nonlocal count
            count += 1
            reply = made.new_reply()
            reply.append_int32(count)
            return reply, 0
        made = self.manager.new_local_object(INTERFACE, answer)
        self.keep.append(made)
        reply.append_local_object(made)

    def call_back(self, _request, reader, reply):
        value = reader.read_int32()[1]
        client = gbinder.Client(reader.read_object(), INTERFACE)
        request = client.new_request()
        request.append_int32(value)
        answer, status = client.transact_sync_reply(ECHO, request)
        reply.append_int32(status & 0xffffffff)
        reply.append_int32(answer.init_reader().read_int32()[1])

    def note(self, _request, reader, _reply):
        self.notes.append(reader.read_int32()[1])

    def all_notes(self, _request, _reader, reply):
        reply.append_string8(" ".join(map(str, self.notes)))

    def watch(self, _request, reader, _reply):
        remote = reader.read_object()
        remote.add_death_handler(self.died)
        self.keep.append(remote)

    def died(self):
        self.deaths += 1

    def all_deaths(self, _request, _reader, reply):
        reply.append_int32(self.deaths)

    def exit(self, _request, _reader, _reply):
        os._exit(3)

    def hidl(self, _request, reader, reply):
        reply.append_int32(0)
        reply.append_hidl_string(reader.read_hidl_string().upper())

    def pid(self, _request, _reader, reply):
        reply.append_int32(os.getpid())

    methods = {
        ECHO: echo, CALLER: caller, LENGTH: length, BYTES: bytes, WRITE: write, MAKE: make,
        CALL_BACK: call_back, NOTE: note, NOTES: all_notes, WATCH: watch,
        DEATHS: all_deaths, EXIT: exit, HIDL: hidl, PID: pid,
    }


if __name__ == "__main__":
    service = Service(*sys.argv[1:])
    print("ready", flush=True)
    GLib.MainLoop().run()
