#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""split.py DIR: what the fuzzer says between lines that begin with "==" goes into files
of DIR. The rest is shown, and a finding, too."""
import sys

file = None
for line in map(str.rstrip, sys.stdin):
    if line.startswith("== "):
        name = line.split()[1].rstrip(":")
        if file:
            file.close()
        file = None if name == "end" else open(f"{sys.argv[1]}/{name}", "w", encoding="ascii")
        if name == "corpus":
            print("# SPDX-License-Identifier: GPL-2.0-only\n# Kept by the fuzzer.\n", file=file)
        if name == "finding":
            print(line, flush=True)
        continue
    if file:
        print(line, file=file)
    if not file or file.name.endswith("/finding"):
        print(line, flush=True)
