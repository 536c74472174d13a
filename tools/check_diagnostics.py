#!/usr/bin/env python3
"""Checks that every line of support/diagnostics.def is issued in src/ and tested in tests/errors.

A message is issued where a source says `DiagnosticId::Name`, and tested where a file of
tests/errors names it.
"""

import argparse
import re
import sys
from pathlib import Path

TABLE = "src/gatefold/support/diagnostics.def"
LINE = re.compile(r"^\s*DIAGNOSTIC\(\s*(\w+)\s*,", re.MULTILINE)
ISSUED = re.compile(r"\bDiagnosticId::(\w+)")
WORD = re.compile(r"\b[A-Z]\w+")


def words(folder, pattern, suffixes):
    """Return everything that `pattern` finds in the files of a folder."""
    files = [path for path in folder.rglob("*") if path.suffix in suffixes]
    return {word for path in files for word in pattern.findall(path.read_text())}


def problems_of(identifiers, root):
    issued = words(root / "src", ISSUED, {".cpp", ".h"})
    tested = words(root / "tests/errors", WORD, {".cpp", ".h", ".py", ".txt"})
    for name in identifiers:
        if identifiers.count(name) > 1:
            yield f"{name}: is in the table more than once"
        if name not in issued:
            yield f"{name}: never issued in src/"
        if name not in tested:
            yield f"{name}: no test in tests/errors"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    root = parser.parse_args().root.resolve()
    identifiers = LINE.findall((root / TABLE).read_text())
    problems = [*problems_of(identifiers, root)] or ([] if identifiers else [f"{TABLE}: empty"])
    print("\n".join(problems) or f"diagnostics: {len(identifiers)} issued and tested")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
