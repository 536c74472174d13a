#!/usr/bin/env python3
"""Checks sizes: files of at most 400 lines, functions of at most 60, the median function under 10.

The median is over the product (src, python, tools), tests not counted. A function's length runs
from the first line of its signature to its closing brace; a lambda belongs to the function that
holds it. C++ is read by a brace scanner, not a parser: it knows strings, comments, initialisers
and preprocessor lines, which is what clang-formatted sources need.
"""

import argparse
import ast
import re
import statistics
import sys
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60
MEDIAN_LINES = 10

# Paths that may be longer, each with its reason.
ALLOWED = {
    "src/gatefold/frontends/onnx/onnx.proto": "the published schema of ONNX, kept whole",
}

PRODUCT = ("src", "python", "tools")
CHECKED = (*PRODUCT, "tests", "bench", "fuzz", "cmake", "models", "rtl")
SUFFIXES = {".cpp", ".h", ".def", ".py", ".sv", ".cmake", ".proto"}

TOKEN = re.compile(
    r"""(?P<blank>//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"
        |"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'
        |^[ \t]*\#(?:[^\n\\]|\\.)*)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
SCOPE = re.compile(
    r"^\s*(\[\[.*?\]\]\s*)?(inline\s+)?(namespace|class|struct|union|enum|extern\s*$)\b"
)
TEMPLATE = re.compile(r"template\s*<[^{;]*?>\s*(?=[A-Za-z\[])", re.DOTALL)
OPERATOR = re.compile(r"\boperator\s*(\(\)|[^\s\w(]+)")
ARGUMENTS = "\0"
CONSTRUCTOR_MEMBER = re.compile(ARGUMENTS + r"[^{}]*(?<!:):(?!:).*[\w>]$", re.DOTALL)


def blanked(text):
    """Return the text with comments, literals and preprocessor lines blank, lines kept."""
    return TOKEN.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def flat(header):
    """Return a declaration with each outermost (...) replaced by ARGUMENTS, templates dropped."""
    header, previous = OPERATOR.sub("operator", TEMPLATE.sub("", header)), None
    while previous != header:
        previous, header = header, re.sub(r"\([^()]*\)", ARGUMENTS, header)
    return header.strip()


def kind_of(header):
    """Say what an opening brace after `header` opens: a scope, a function or a value."""
    signature = flat(header)
    if SCOPE.match(signature) or not signature:
        return "scope"
    name, arguments, _ = signature.partition(ARGUMENTS)
    if not arguments or "=" in name or name.endswith("]"):
        return "value"
    return "value" if CONSTRUCTOR_MEMBER.search(signature) else "function"


def matching_brace(text, start):
    depth = 0
    for brace in re.finditer(r"[{}]", text[start:]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return start + brace.start()
    return len(text)


def cpp_functions(text):
    """Yield (line, name, length) of every function that C++ text defines."""
    text = blanked(text)
    header_start = position = 0
    while found := re.compile(r"[{};]|\b(?:public|private|protected)\s*:").search(text, position):
        position = found.end()
        header = text[header_start : found.start()]
        if found[0] != "{":
            header_start = position
            continue
        kind = kind_of(header)
        if kind == "value":
            position = matching_brace(text, found.start()) + 1
            continue
        header_start = position
        if kind == "function":
            position = header_start = matching_brace(text, found.start()) + 1
            first = text.count("\n", 0, found.start() - len(header.lstrip())) + 1
            last = text.count("\n", 0, position) + 1
            yield first, header.split("(")[0].split()[-1], last - first + 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.name, node.end_lineno - node.lineno + 1


def functions_of(path):
    if path.suffix in {".cpp", ".h"}:
        return [*cpp_functions(path.read_text())]
    if path.suffix == ".py" or path.read_bytes().startswith(b"#!/usr/bin/env python3"):
        return [*python_functions(path.read_text())]
    return []


def is_source(path):
    return path.suffix in SUFFIXES or path.name == "CMakeLists.txt" or path.parent.name == "tools"


def checked_files(root):
    for folder in CHECKED:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and is_source(path) and "__pycache__" not in name:
                yield name, path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    root = parser.parse_args().root.resolve()
    problems, lengths, files = [], [], 0
    for name, path in checked_files(root):
        files += 1
        lines = path.read_bytes().count(b"\n")
        if lines > FILE_LINES and name not in ALLOWED:
            problems.append(f"{name}: {lines} lines, the limit is {FILE_LINES}")
        for line, function, length in functions_of(path):
            if length > FUNCTION_LINES and name not in ALLOWED:
                problems.append(f"{name}:{line}: {function} has {length} lines")
            if name.startswith(PRODUCT):
                lengths.append(length)
    median = statistics.median(lengths) if lengths else 0
    if median >= MEDIAN_LINES:
        problems.append(f"the median function has {median} lines, not under {MEDIAN_LINES}")
    print("\n".join(problems) or f"sizes: {files} files, {len(lengths)} functions, median {median}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
