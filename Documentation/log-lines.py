#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does error-logs.rst have each line that the driver can print?

A line is looked for by the longest piece of its format that has no value in it.
"""
import pathlib
import re
import sys

top = pathlib.Path(__file__).resolve().parent.parent
text = " ".join((top / "Documentation/error-logs.rst").read_text().split())
call = re.compile(r'(?:pr_(?:err|warn|info|info_once|debug)|binder_user_error)\('
                  r'(?:[^";]*?,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)')
count = 0
missing = []
for source in sorted((top / "drivers/android/binder").rglob("*.[ch]")):
    for match in call.finditer(source.read_text()):
        form = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1)))
        pieces = re.split(r"%[-0-9.]*(?:ll|l|z)?[a-zA-Z]", form.replace("\\n", ""))
        piece = max((p.strip(" :,'") for p in pieces), key=len)
        if len(piece) < 4:      # "%s u%016llx: %s": its values are what is to be found
            continue
        count += 1
        if piece not in text:
            missing.append(f"{source.relative_to(top)}: {form}")
print(f"{count} lines, {len(missing)} missing in error-logs.rst")
print("\n".join(missing))
sys.exit(bool(missing) or count < 25)
