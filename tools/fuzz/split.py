#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""split.py DIR: what the fuzzer says between lines that begin with "==" goes into files
of DIR, once it is there as a whole. The rest is shown, and a finding, too."""
import sys

HEAD = {"corpus": ["# SPDX-License-Identifier: GPL-2.0-only", "# Kept by the fuzzer.", ""]}
name, lines = None, []
for line in map(str.rstrip, sys.stdin):
    if line.startswith("== "):
        if name:
            with open(f"{sys.argv[1]}/{name}", "w", encoding="ascii") as file:
                file.write("\n".join(HEAD.get(name, []) + lines) + "\n")
        name, lines = line.split()[1].rstrip(":"), []
        if name == "end":
            name = None
        if name == "finding":
            print(line, flush=True)
        continue
    if name:
        lines.append(line)
    if name in (None, "finding"):
        print(line, flush=True)
