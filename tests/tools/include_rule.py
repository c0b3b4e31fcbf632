#!/usr/bin/env python3
"""Checks who includes whom: protocol <- actors <- runtime <- tools, the rooms of a node, and where CAF may be seen.

Prints FILE:LINE and the reason for each forbidden include; the exit code is 1 when there is one.
usage: include_rule.py SOURCE_DIRECTORY
"""
import pathlib
import re
import sys

# Folder -> whose headers it may include.
ALLOWED = {
    "protocol": {"protocol"},
    "actors": {"protocol", "actors"},
    "runtime": {"protocol", "actors", "runtime"},
    "tools": {"protocol", "actors", "runtime", "tools"},
    "tests": {"protocol", "actors", "runtime", "tools", "tests"},
}
# The rooms of a node, each over those that it may include; what is no room is below all of them, or above.
ROOMS = {
    "barrier": {"barrier"},
    "decisions": {"decisions"},
    "watch": {"watch", "barrier"},
    "hosting": {"hosting", "barrier"},
    "entry": {"entry", "hosting", "watch", "decisions", "barrier"},
    "node": {"node", "entry", "hosting", "watch", "decisions", "barrier"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SIGNATURES = "protocol/actors.hpp"
# What the node knows of a kind of actor, which spawns it: no model includes it.
REGISTRY = {"actors/kit/actor_type.hpp", "actors/actor_types.cpp"}


def is_shell(path):
    """A thin CAF shell around a model."""
    return path in REGISTRY or path.rsplit(".", 1)[0].endswith("_actor")


def shows_caf(path, target):
    if path.startswith("protocol/"):
        return path != SIGNATURES and target.startswith("caf/")
    if path.startswith("actors/"):
        return not is_shell(path) and (target.startswith("caf/") or target == SIGNATURES or is_shell(target))
    return False


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "runtime" and len(parts) > 2 and parts[1] in ROOMS else None


def reason_against(path, quote, target):
    """Why the file `path` may not include `target`; None if it may."""
    folder = path.split("/", 1)[0]
    root = target.split("/", 1)[0]
    if root in ALLOWED and root not in ALLOWED[folder]:
        return f"{folder}/ may not include {root}/"
    room, other = room_of(path), room_of(target)
    if room and other and other not in ROOMS[room]:
        return f"runtime/{room}/ may not include runtime/{other}/"
    # A test's own fixtures may lie beside it.
    if quote == '"' and root not in ALLOWED and folder != "tests":
        return "own headers are included from the root of the sources, others in <>"
    if shows_caf(path, target):
        return f"CAF stays in {SIGNATURES}, in *_actor files and in the registry of kinds"
    return None


def forbidden_includes(source):
    for folder in ALLOWED:
        for file in sorted((source / folder).rglob("*.[ch]pp")):
            path = file.relative_to(source).as_posix()
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                found = INCLUDE.match(line)
                reason = found and reason_against(path, found[1], found[2])
                if reason:
                    yield f"{path}:{number}: {found[2]}: {reason}"


def main():
    mistakes = list(forbidden_includes(pathlib.Path(sys.argv[1])))
    print("\n".join(mistakes) if mistakes else "every include is allowed")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
