#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""table.py OBJECTS LEFT OUT: how much of the driver did the tests run through?

OBJECTS is where the module was built, OUT/*.gcda what guests have counted, LEFT the list of
lines that need not be run, each with its reason.  Prints a table, a line for each source file;
OUT/left is what was not run.  Fails if there is less than the goal, if a line that was not run
is not in the list, or if one is there that was run.

gcov finds a branch wherever the compiler does.  A branch counts here if it is written in the
driver: kernel headers don't count, nor does trace.h, whose branches are those of tracefs.
ELSEWHERE has the macros that bring branches of their own into a line; of a line with one of
them no branch counts.
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

LINES, BRANCHES = 95, 85
SHOWN = 40	# of what is wrong

DRIVER = "drivers/android/binder/"

ELSEWHERE = re.compile(r"""\b(
      lockdep_\w+ | \w*WARN_ON\w* | VM_BUG_ON\w* | BUILD_BUG\w*	# what can't be
    | trace_\w+							# is it being traced?
    | guard | scoped_guard | __free				# has it been released already?
    | rcu_dereference\w* | task_euid | list_for_each_entry_rcu	# does lockdep object?
    | binder_user_error | pr_\w+				# may it be logged?
    )\(""", re.X)


class Covered:
    """What of a source file was run, how often."""

    def __init__(self):
        self.lines = collections.Counter()
        self.branches = collections.defaultdict(lambda: collections.Counter())
        self.function = {}


def gcov(objects, counters):
    """Runs gcov over a guest's counters; yields what it says of each object."""
    for gcda in sorted(glob.glob(f"{counters}/**/*.gcda", recursive=True)):
        gcno = os.path.join(objects, os.path.relpath(gcda, counters))[:-2] + "no"
        with tempfile.TemporaryDirectory() as directory:
            for file in gcda, gcno:
                os.symlink(os.path.abspath(file), os.path.join(directory, os.path.basename(file)))
            said = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities",
                                   os.path.basename(gcda)], cwd=directory, check=True,
                                  stdout=subprocess.PIPE).stdout
        yield json.loads(said)


def add(files, said, top):
    for file in said["files"]:
        path = os.path.realpath(os.path.join(said["current_working_directory"], file["file"]))
        path = os.path.relpath(path, top)
        if not path.startswith(DRIVER):
            continue
        covered = files[path]
        for line in file["lines"]:
            number, function = line["line_number"], line.get("function_name", "")
            covered.lines[number] += line["count"]
            covered.function[number] = function
            key = (number, function, len(line["branches"]))
            for i, branch in enumerate(line["branches"]):
                covered.branches[key][i] += branch["count"]


class Source:
    """A source file's text, and what of it was run."""

    def __init__(self, top, path, covered):
        self.path = path
        self.covered = covered
        with open(os.path.join(top, path)) as file:
            self.text = [""] + file.read().split("\n")

    def place(self, number):
        return f"{self.path}:{number}: {self.covered.function[number]}: {self.text[number].strip()}"

    def lines(self):
        """How often each line was run."""
        return self.covered.lines

    def branches(self):
        """How often each of a line's branches was taken, for the lines whose branches count."""
        taken = collections.defaultdict(list)
        for (number, _, _), counts in sorted(self.covered.branches.items()):
            code = re.sub(r"/\*.*?\*/|//.*", "", self.text[number])
            if counts and not self.path.endswith("/trace.h") and not ELSEWHERE.search(code):
                taken[number] += counts.values()
        return taken


def table(sources):
    """Prints it; returns the shares of lines and of branches."""
    print(f"{'File':<22} {'Lines':>6} {'Run':>7} {'Branches':>9} {'Taken':>7}")
    total = [0] * 4
    for source in sources:
        lines = source.lines().values()
        branches = [count for counts in source.branches().values() for count in counts]
        row = [len(lines), sum(map(bool, lines)), len(branches), sum(map(bool, branches))]
        total = [a + b for a, b in zip(total, row)]
        print_row(source.path[len(DRIVER):], row)
    print_row("all", total)
    return share(*total[:2]), share(*total[2:])


def share(count, run):
    return 100 * run / count if count else 100


def print_row(name, row):
    taken = f"{share(*row[2:]):5.1f} %" if row[2] else ""
    print(f"{name:<22} {row[0]:6} {share(*row[:2]):5.1f} % {row[2]:9} {taken:>7}")


class Left:
    """The list: FILE FUNCTION: TEXT ## REASON, where TEXT is the line, "*" is all of them.

    What is run at times only may be run or not: its reason begins with "at times: ".
    """

    def __init__(self, path):
        self.entries = {}
        with open(path) as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    entry, _, reason = line.partition(" ## ")
                    self.entries[entry.strip()] = reason.startswith("at times: ")

    def has(self, source, number):
        name = f"{source.path[len(DRIVER):]} {source.covered.function[number]}: "
        text = source.text[number].strip()
        found = False
        for entry in self.entries:
            if entry.startswith(name) and entry[len(name):] in ("*", text):
                self.entries[entry] = found = True
        return found


def details(sources, left, path):
    """Writes what was not run to a file; returns what is wrong with the list."""
    wrong = []
    with open(path, "w") as file:
        for source in sources:
            for number, count in sorted(source.lines().items()):
                if not count:
                    print("line   ", source.place(number), file=file)
                    if not left.has(source, number):
                        wrong.append(f"not run, and not in the list: {source.place(number)}")
            for number, counts in sorted(source.branches().items()):
                missing = counts.count(0)
                # The line itself says it otherwise.
                if missing and source.lines()[number]:
                    print(f"branch {missing}/{len(counts)}", source.place(number), file=file)
    return wrong + [f"in the list, but was run, or is not there: {entry}"
                    for entry, used in left.entries.items() if not used]


def report(files, top, left, out):
    sources = [Source(top, path, files[path]) for path in sorted(files)]
    lines, branches = table(sources)
    wrong = details(sources, Left(left), f"{out}/left")
    if lines < LINES:
        wrong.append(f"{lines:.1f} % of the lines, less than {LINES} %")
    if branches < BRANCHES:
        wrong.append(f"{branches:.1f} % of the branches, less than {BRANCHES} %")
    print(f"\n{out}/left has each line that was not run, and each branch that was not taken.")
    for what in wrong[:SHOWN]:
        print(what)
    if len(wrong) > SHOWN:
        print(f"... and {len(wrong) - SHOWN} more")
    return 1 if wrong or not sources else 0


def main():
    objects, left, out = sys.argv[1:]
    top = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
    files = collections.defaultdict(Covered)
    for counters in sorted(glob.glob(f"{out}/*.gcda")):
        for said in gcov(objects, counters):
            add(files, said, top)
    sys.exit(report(files, top, left, out))


if __name__ == "__main__":
    main()
