#!/usr/bin/env python3
"""Checks that every settings key that a text of the program or a README names is one: a hint must not send people to a key
that is none.

Prints FILE:LINE and the key for each that does not exist; the exit code is 1 when there is one.
usage: named_keys.py SOURCE_DIRECTORY MILLWRIGHT
"""
import pathlib
import re
import subprocess
import sys

FOLDERS = ("protocol", "actors", "runtime", "tools")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
QUOTED = re.compile(r"`([^`\n]+)`")
# A capital word stands for a name: rules.RULE.alarm.
KEY = re.compile(r"(?<![\w./:@-])([a-z_]+(?:\.(?:[a-z_0-9]+|[A-Z]+|\*))+)(?![\w/(@-]|\.\w)")
# What ends like this is a file or a host.
FILES = {"hpp", "cpp", "md", "py", "yaml", "yml", "jsonl", "ndjson", "json", "csv", "mdb", "sock", "com", "txt", "gz", "cmake"}


def keys_of(program):
    listed = subprocess.run([program, "config", "keys"], check=True, capture_output=True, text=True).stdout
    return [line.split(": ", 1)[0].rstrip(":") for line in listed.splitlines() if not line.startswith(" ")]


def same(pattern, part):
    return pattern == part or pattern == "*" or part == "*" or part.isupper()


def exists(key, keys):
    """A key, a section of keys, or a name below a key that takes any."""
    parts = key.split(".")
    for each in keys:
        known = each.replace("[]", "").split(".")
        if len(parts) <= len(known) and all(map(same, known, parts)):
            return True
        if each in OPEN and len(parts) > len(known) and all(map(same, known, parts)):
            return True
    return False


# A property of librdkafka that looks like a key of ours.
NOT_OURS = {"log.connection.close"}
# What a person may put any name below.
OPEN = {"source.kafka.properties", "source.simulation.mix", "source.simulation.faults_per_day", "source.file.csv.constants",
        "source.file.csv.fields"}


def named(text, sections, pattern):
    for line, words in enumerate(text.splitlines(), 1):
        # Said to programmers, not to people.
        if words.lstrip().startswith("//"):
            continue
        for literal in pattern.findall(words):
            for key in KEY.findall(literal):
                parts = key.split(".")
                # An example of what is said about a mistake.
                if f"{key}: unknown key" in literal:
                    continue
                if parts[0] in sections and parts[-1] not in FILES and key not in NOT_OURS:
                    yield line, key


def unknown_keys(source, keys):
    sections = {key.split(".", 1)[0] for key in keys if "." in key}
    files = [(path, LITERAL) for folder in FOLDERS for path in sorted((source / folder).rglob("*.[ch]pp"))]
    files += [(path, QUOTED) for path in sorted(source.rglob("*.md")) if "build" not in path.parts[len(source.parts)]]
    for path, pattern in files:
        # A key that is gone is named so that it is understood.
        if path.name == "gone_keys.cpp":
            continue
        for line, key in named(path.read_text(encoding="utf-8"), sections, pattern):
            if not exists(key, keys):
                yield f"{path.relative_to(source)}:{line}: {key}"


def main():
    mistakes = list(unknown_keys(pathlib.Path(sys.argv[1]), keys_of(sys.argv[2])))
    print("\n".join(mistakes) if mistakes else "every key that is named exists")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
