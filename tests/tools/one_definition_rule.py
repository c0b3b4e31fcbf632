#!/usr/bin/env python3
"""Checks that no two types of the project have one name: a linker takes either, in silence, and the program crashes.

Prints each name that is defined twice, and where; the exit code is 1 when there is one. Types within a function, a class
or an unnamed namespace are indented or stand behind `namespace {`, and are nobody else's.
usage: one_definition_rule.py SOURCE_DIRECTORY
"""
import collections
import pathlib
import re
import sys

FOLDERS = "protocol", "actors", "runtime", "tools"
DEFINITION = re.compile(r"^(?:struct|class|enum class|enum) (\w+)(?: final)?(?: : [^{;]*)? ?\{")


def defined_in(text):
    """Names of the types that a source gives to everybody."""
    unnamed = False
    for line in text.splitlines():
        if line.startswith("namespace {"):
            unnamed = True
        elif line.startswith("} // namespace") and unnamed:
            unnamed = False
        elif not unnamed and (found := DEFINITION.match(line)):
            yield found[1]


def defined_twice(source):
    where = collections.defaultdict(list)
    for folder in FOLDERS:
        for file in sorted((source / folder).rglob("*.[ch]pp")):
            for name in defined_in(file.read_text(encoding="utf-8")):
                where[name].append(file.relative_to(source).as_posix())
    return {name: files for name, files in where.items() if len(files) > 1}


def main():
    twice = defined_twice(pathlib.Path(sys.argv[1]))
    for name, files in sorted(twice.items()):
        print(f"{name} is defined in {' and '.join(files)}: give one of them another name")
    if not twice:
        print("every type has a name of its own")
    sys.exit(bool(twice))


if __name__ == "__main__":
    main()
