#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Write a C (and C++) program that tells the ABI of a header:
#
#   gen_abi.py HEADER COMPILER [FLAG...] >program.c
#
# To be compiled with -S, not run, so that it takes no C library and works for
# any target: the assembly then has a string "->GROUP NAME FACTS" for each
# macro, enum constant, enum, typedef, struct and field that HEADER itself
# declares.  Whatever this does not understand is an error: nothing in HEADER
# may go unchecked.
import os
import re
import subprocess
import sys

GROUPS = (
    ("BC", r"BC_|binder_driver_command_protocol$"),
    ("BR", r"BR_|binder_driver_return_protocol$"),
    ("types", r"BINDER_TYPE_|B_|binder_(size|uintptr)_t$"),
    ("flags", r"FLAT_BINDER_|TF_|BINDER_BUFFER_FLAG_|flat_binder_object_|transaction_flags$"),
    ("ioctls", r"(__)?BINDER"),
)


def die(text):
    sys.exit(f"gen_abi.py: {header}: {text}")


def group(name):
    for title, pattern in GROUPS:
        if re.match(pattern, name):
            return title
    die(f"{name}: belongs to no group")


def fact(title, name, form, *values):
    operands = ", ".join(f'"i" ({v})' for v in values)
    print(f'\tasm volatile(".ascii \\"->{title} {name} {form}\\"" : : {operands});')


def value(name, expression):
    fact(group(name), name, "%0", f"(long long)({expression})")


def scalar(title, name, kind, expression):
    fact(title, name, f"{kind} size %0 signed %1", f"sizeof({expression})",
         f"((__typeof__({expression}))-1) < 1")


class Parser:
    def __init__(self, text):
        self.tokens = re.findall(r"\w+|'[^']*'|\"[^\"]*\"|<<|\S", text)

    def peek(self, n=0):
        return self.tokens[n] if n < len(self.tokens) else ""

    def next(self, expected=None):
        token = self.peek()
        if not token or (expected and token != expected):
            die(f"{token!r} where {expected or 'more'!r} was expected, before "
                + " ".join(self.tokens[:12]))
        return self.tokens.pop(0)

    # Everything up to one of the stop tokens outside of parentheses.
    def until(self, *stop):
        depth, taken = 0, []
        while depth or self.peek() not in stop:
            depth += (self.peek() in "([{") - (self.peek() in ")]}")
            taken.append(self.next())
        return taken

    def attributes(self):
        while self.peek() == "__attribute__":
            self.next()
            self.next("(")
            self.until(")")
            self.next(")")

    def header(self):
        while self.tokens:
            keyword = self.next()
            if keyword == "typedef":
                name = self.until(";")[-1]
                scalar(group(name), name, "typedef", f"({name})0")
            elif keyword == "enum":
                tag = "" if self.peek() == "{" else self.next()
                self.enum(tag)
            elif keyword == "struct":
                tag = self.next()
                self.next("{")
                self.members(f"struct {tag}", "")
                self.attributes()
                fact("structs", f"struct_{tag}", "size %0 align %1",
                     f"sizeof(struct {tag})", f"__alignof__(struct {tag})")
            else:
                die(f"{keyword}: unknown kind of declaration")
            self.next(";")

    def enum(self, tag):
        self.next("{")
        while self.peek() != "}":
            name = self.next()
            self.until(",", "}")
            value(name, name)
            if self.peek() == ",":
                self.next()
        self.next("}")
        if tag:
            fact(group(tag), f"enum_{tag}", "size %0", f"sizeof(enum {tag})")

    def members(self, struct, prefix):
        while self.peek() != "}":
            if self.peek() in ("struct", "union") and "{" in (self.peek(1), self.peek(2)):
                kind = self.next()
                if self.peek() != "{":
                    kind += "_" + self.next()
                self.next("{")
                # The name, if any, comes after the members: look ahead.
                inner = Parser("")
                inner.tokens = self.until("}") + ["}"]
                self.next("}")
                name = "" if self.peek() == ";" else self.next()
                if name:
                    self.field(struct, prefix + name, kind)
                inner.members(struct, f"{prefix}{name}." if name else prefix)
            else:
                declaration = self.until(";")
                kind = ""
                if "[" in declaration:
                    at = declaration.index("[")
                    kind = "array"
                    declaration = declaration[:at]
                elif "struct" in declaration:
                    kind = "_".join(declaration[:-1])
                if {"*", ",", ":"} & set(declaration):
                    die("cannot parse " + " ".join(declaration))
                name = prefix + declaration[-1]
                self.field(struct, name, kind)
                if kind == "array":
                    self.field(struct, name + "[0]", "")
            self.next(";")
        self.next("}")

    @staticmethod
    def field(struct, name, kind):
        title = struct.replace(" ", "_") + "." + name
        fact("structs", title, "at %0", f"__builtin_offsetof({struct}, {name})")
        expression = f"(({struct} *)0)->{name}"
        if kind:
            fact("structs", title, f"{kind} size %0", f"sizeof({expression})")
        else:
            scalar("structs", title, "scalar", expression)


header = os.path.realpath(sys.argv[1])
text = subprocess.run(sys.argv[2:] + ["-E", "-dD", header], check=True,
                      stdout=subprocess.PIPE, universal_newlines=True).stdout

# Of what the preprocessor gives, keep what is in HEADER and not in those which
# it includes.
here, macros, declarations = False, [], []
for line in text.splitlines():
    marker = re.match(r'# \d+ "(.*?)"', line)
    define = re.match(r"#define (\w+)(\(.*?\))? *(.*)", line)
    if marker:
        here = marker[1] == header
    elif here and define:
        macros.append(define)
    elif here and line.startswith("#"):
        die(f"cannot parse {line}")
    elif here:
        declarations.append(line)

print(f'#include "{header}"\nvoid abi(void);\nvoid abi(void)\n{{')
for name, parameters, body in (m.groups() for m in macros):
    if parameters:
        n = parameters.count(",") + 1
        value(name, f"{name}({', '.join(str(i) for i in range(1, n + 1))})")
    elif body:
        value(name, name)
Parser("\n".join(declarations)).header()
print("}")
