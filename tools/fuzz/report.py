#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""report.py MODULE REACHED: how much of MODULE, built with KCOV=1, was reached.

REACHED has a line "SECTION ADDRESS" for each place. A place is a call that the compiler
puts into each basic block. What runs only when the module is loaded or unloaded is left
out. Prints a table of the source files, then the functions of which most is missing.
"""
import collections
import os
import re
import subprocess
import sys

TOP = "/drivers/android/binder/"


def output(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def places(module):
    """The addresses in each section, as KCOV sees them: behind the call."""
    found = collections.defaultdict(list)
    section = None
    for line in output("objdump", "-r", module).splitlines():
        if line.startswith("RELOCATION RECORDS"):
            section = re.search(r"\[(.*)\]", line)[1]
        elif "__sanitizer_cov_trace_pc-" in line and section.startswith(".text"):
            found[section].append(int(line.split()[0], 16) + 4)
    return found


def located(module, section, addresses):
    """The innermost file of ours, and the function, of each.

    addr2line wants to be asked for the call itself. It says the address, then function and
    place of what is there, and of what that is inlined into.
    """
    asked = "".join(f"{address - 1:x}\n" for address in addresses)
    said = output("addr2line", "-afi", "-e", module, "-j", section, input=asked)
    frames = re.split(r"^0x.*\n", said, flags=re.MULTILINE)[1:]
    for address, lines in zip(addresses, map(str.splitlines, frames)):
        for function, place in zip(lines[::2], lines[1::2]):
            if TOP in place:
                path = place.split(":")[0].split(TOP)[1]
                yield address, os.path.normpath(path), function
                break
        else:
            yield address, "elsewhere", lines[0]


def main(module, reached):
    with open(reached, encoding="ascii") as lines:
        hit = {(section, int(address, 16)) for section, address in map(str.split, lines)}
    files = collections.defaultdict(lambda: [0, 0])
    functions = collections.defaultdict(lambda: [0, 0])
    for section, addresses in places(module).items():
        for address, path, function in located(module, section, addresses):
            for count in (files[path], functions[path, function], files["all"]):
                count[0] += (section, address) in hit
                count[1] += 1
    print(f"{'File':<24}{'Reached':>8}{'Places':>8}{'Part':>6}")
    for path in sorted(files, key=lambda name: (name == "all", name)):
        got, of = files[path]
        print(f"{path:<24}{got:>8}{of:>8}{100 * got // of:>5}%")
    print("\nFunctions of which most is missing:")
    missing = sorted(functions.items(), key=lambda item: item[1][0] - item[1][1])
    for (path, function), (got, of) in missing[:60]:
        if got < of:
            print(f"  {path:<22}{function:<44}{got:>4} of {of:>4}")


main(*sys.argv[1:])
