#!/usr/bin/env python3
"""Checks that every import between the rooms of src/gatefold goes in an allowed direction.

ROOMS is the table: a room, and the rooms right below it. A room may include itself and whatever
stands anywhere below. The table must have no cycle, and it must say the same as the LINKS of
src/gatefold/CMakeLists.txt. In Python, the package gatefold stands above the core and below its
subpackages.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

ROOMS = {
    "support": [],
    "numeric": ["support"],
    "frontends": ["numeric"],
    "graph": ["numeric"],
    "hardware": ["numeric"],
    "cells": ["support"],
    "layers": ["frontends", "graph"],
    "passes": ["graph"],
    "emulate": ["graph"],
    "schedule": ["hardware", "cells"],
    "adder_graph": ["hardware", "cells"],
    "lowering": ["graph", "hardware", "adder_graph"],
    "emit": ["hardware", "schedule"],
    "flows": ["emit"],
    "report": ["flows", "graph"],
    "driver": ["layers", "passes", "emulate", "lowering", "schedule", "emit", "flows", "report"],
    "cli": ["driver"],
    "main.cpp": ["cli"],
    "python": ["cli"],
}

# Subpackages of the Python package: each may import the package, which may not import them.
PYTHON_ROOMS = {"train", "compat"}

INCLUDE = re.compile(r'^\s*#\s*include\s*"gatefold/([^"/]+)', re.MULTILINE)
ROOM_CALL = re.compile(r"gatefold_room\((\w+)([^)]*)\)")


def find_cycle(table):
    """Return a list of rooms that import one another in a ring, or None."""
    finished, path = set(), []

    def visit(room):
        if room in path:
            return [*path[path.index(room) :], room]
        if room in finished:
            return None
        path.append(room)
        for below in table.get(room, []):
            if cycle := visit(below):
                return cycle
        path.pop()
        finished.add(room)
        return None

    return next((cycle for room in table if (cycle := visit(room))), None)


def rooms_below(table, room):
    """Return every room that `room` may include, itself among them."""
    reached, open_rooms = set(), [room]
    while open_rooms:
        current = open_rooms.pop()
        if current not in reached:
            reached.add(current)
            open_rooms += table.get(current, [])
    return reached


def sources(root):
    """Yield (room, file) of every C++ file that belongs to a room."""
    for path in sorted((root / "src/gatefold").rglob("*")):
        if path.suffix in {".cpp", ".h", ".def"}:
            yield path.relative_to(root / "src/gatefold").parts[0], path
    for path in sorted((root / "python").rglob("*")):
        if path.suffix in {".cpp", ".h"}:
            yield "python", path


def check_includes(root):
    for room, path in sources(root):
        if room not in ROOMS:
            yield f"{path.relative_to(root)}: '{room}' is not a room of tools/check_layers.py"
            continue
        allowed = rooms_below(ROOMS, room)
        for included in INCLUDE.findall(path.read_text()):
            if included not in allowed:
                yield f"{path.relative_to(root)}: {room} must not include {included}"


def check_links(root):
    lists = root / "src/gatefold/CMakeLists.txt"
    if not lists.exists():
        return
    for room, arguments in ROOM_CALL.findall(lists.read_text()):
        links = re.split(r"\bLIBRARIES\b", arguments)[0].split()
        linked = {link for link in links if link != "LINKS"}
        if linked != set(ROOMS.get(room, [])):
            yield (
                f"src/gatefold/CMakeLists.txt: {room} links {sorted(linked)}, "
                f"tools/check_layers.py says {sorted(ROOMS.get(room, []))}"
            )


def python_imports(path):
    """Yield the dotted names under gatefold that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "relative"
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def check_python(root):
    package = root / "python/gatefold"
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0]
        for name in python_imports(path):
            parts = name.split(".")
            if name == "relative":
                yield f"{path.relative_to(root)}: write imports in full, not relative"
            elif parts[0] == "gatefold" and set(parts[1:2]) & PYTHON_ROOMS - {room}:
                yield f"{path.relative_to(root)}: must not import gatefold.{parts[1]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    root = parser.parse_args().root.resolve()
    problems = [*check_includes(root), *check_links(root), *check_python(root)]
    if cycle := find_cycle(ROOMS):
        problems.append("the table has a cycle: " + " -> ".join(cycle))
    print("\n".join(problems) or f"layers: {sum(1 for _ in sources(root))} files, no wrong import")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
