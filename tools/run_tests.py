#!/usr/bin/env python3
"""Runs the house checks, the C++ tests, the Python tests and the fuzz targets; counts them all.

Called by tools/test after tools/setup. The last line is `N passed, M failed, K skipped`: a check,
a fuzz target, a C++ test and a Python test each count as one.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JOBS = os.cpu_count() or 2
FUZZ_SECONDS = 30
PYTHON = sys.executable


@dataclass
class Tally:
    passed: int = 0
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)

    def add(self, name, ok, output=""):
        if ok:
            self.passed += 1
            return
        self.failed.append(name)
        print(f"FAILED {name}\n{output}", flush=True)

    def add_junit(self, suite, path, complete):
        """Counts the cases of a JUnit file; a run that wrote none, or no case, has failed."""
        cases = [*ElementTree.parse(path).iter("testcase")] if path.exists() else []
        before = len(self.failed)
        for case in cases:
            self.add_case(suite, case)
        if not cases or (not complete and len(self.failed) == before):
            self.add(suite, False, "the run itself failed")

    def add_case(self, suite, case):
        name = f"{suite}: {case.get('name')}"
        skipped = case.find("skipped")
        if skipped is not None:
            self.skipped.append((name, skip_reason(case, skipped)))
        elif case.find("failure") is not None or case.find("error") is not None:
            self.failed.append(name)
        else:
            self.passed += 1


def skip_reason(case, skipped):
    """The text a test gave when it skipped: pytest's message, or what GTEST_SKIP() printed."""
    printed = case.findtext("system-out") or ""
    gtest = re.search(r": Skipped\n(.+)", printed)
    return gtest[1].strip() if gtest else skipped.get("message", "no reason given")


def run(command, **options):
    """Runs a command from the root; returns whether it succeeded and what it printed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    return done.returncode == 0, done.stdout


def sources(*suffixes):
    """The files of these suffixes that git tracks or would track."""
    _, listed = run(["git", "ls-files", "--cached", "--others", "--exclude-standard"])
    names = [name for name in listed.splitlines() if name.endswith(suffixes)]
    return [name for name in names if (ROOT / name).exists()]


def check_format():
    ok, output = run(["clang-format", "--dry-run", "--Werror", *sources(".cpp", ".h")])
    return ok, "\n".join(sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", output, re.MULTILINE))))


def check_python():
    """Python must compile without a warning, and be linted and formatted (pyproject.toml)."""
    files = sources(".py")
    compiled = run([PYTHON, "-W", "error", "-m", "compileall", "-q", "-f", *files])
    linted = run([PYTHON, "-m", "ruff", "check", "-q", "--output-format=concise", *files])
    formatted = run([PYTHON, "-m", "ruff", "format", "--check", "-q", *files])
    ok = compiled[0] and linted[0] and formatted[0]
    return ok, compiled[1] + linted[1] + formatted[1]


def check_wheel():
    """Builds and installs the wheel; its command and its module must say the same version."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [PYTHON, "-m", "pip", "-q", "--disable-pip-version-check"]
        options = ["--no-deps", "--no-build-isolation", "--config-settings=build-dir=build/wheel"]
        ok, output = run([*pip, "install", ".", *options, "--target", folder])
        if not ok:
            return ok, output
        environment = {**os.environ, "PYTHONPATH": folder}
        command, says = run([f"{folder}/bin/gatefold", "--version"], env=environment)
        module = "import gatefold; print(gatefold.__file__, gatefold.__version__)"
        imported, version = run([PYTHON, "-c", module], env=environment)
        ok = (
            command
            and imported
            and version.split() == [f"{folder}/gatefold/__init__.py", *says.split()]
        )
        return ok, says + version


def with_includes(name, seen):
    """Adds to `seen` a source and every file of the project that it includes."""
    path = next((p for p in (ROOT / name, ROOT / "src" / name) if p.is_file()), None)
    if path is None or path in seen:
        return
    seen.add(path)
    for included in re.findall(r'^#include "(.+)"', path.read_text(), re.MULTILINE):
        with_includes(included, seen)


def tidy_stamp(name):
    """The file that exists when clang-tidy has passed this very source with these very headers."""
    files = {ROOT / ".clang-tidy"}
    with_includes(name, files)
    digest = hashlib.sha256(name.encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return ROOT / "build/tidy" / digest.hexdigest()


def tidy_file(name):
    stamp = tidy_stamp(name)
    if stamp.exists():
        return True, ""
    # The release build is g++'s, whose warnings clang does not all know.
    extra = "--extra-arg=-Wno-unknown-warning-option"
    ok, output = run(["clang-tidy", "--quiet", "-p", "build/release", extra, name])
    if ok:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.touch()
    return ok, re.sub(r"^\d+ warnings? generated\.\n", "", output, flags=re.MULTILINE)


def check_tidy():
    """Runs clang-tidy over the product's sources that changed since it passed them."""
    names = [name for name in sources(".cpp") if name.startswith(("src/", "python/"))]
    with ThreadPoolExecutor(JOBS) as pool:
        results = [*pool.map(tidy_file, names)]
    return all(ok for ok, _ in results), "".join(text for ok, text in results if not ok)


CHECKS = {
    "layers": lambda: run([PYTHON, "tools/check_layers.py"]),
    "sizes": lambda: run([PYTHON, "tools/check_sizes.py"]),
    "diagnostics": lambda: run([PYTHON, "tools/check_diagnostics.py"]),
    "clang-format": check_format,
    "python": check_python,
    "wheel": check_wheel,
}
# Over the whole tree from cold it takes longer than all tests.
FULL_CHECKS = {"clang-tidy": check_tidy}


def run_ctest(tally, preset):
    with tempfile.TemporaryDirectory() as folder:
        junit = Path(folder) / "ctest.xml"
        arguments = ["--output-on-failure", "--progress", "-j", JOBS, "--output-junit", junit]
        ok, output = run(["ctest", "--preset", preset, *arguments])
        if not ok:
            print(output[-20000:], flush=True)
        tally.add_junit(preset, junit, ok)


def run_pytest(tally):
    with tempfile.TemporaryDirectory() as folder:
        junit = Path(folder) / "pytest.xml"
        # A file stays on one process: its tests share what is slow to make.
        parallel = ["-n", JOBS, "--dist", "loadfile"]
        ok, output = run(
            [PYTHON, "-m", "pytest", "-q", "tests/python", *parallel, f"--junitxml={junit}"]
        )
        if not ok:
            print(output[-20000:], flush=True)
        tally.add_junit("python", junit, ok)


def run_fuzz_target(executable):
    corpus = ROOT / "fuzz/corpus" / executable.name.removesuffix("_fuzz")
    with tempfile.TemporaryDirectory() as folder:
        limits = [f"-max_total_time={FUZZ_SECONDS}", "-timeout=10", "-rss_limit_mb=2048"]
        quiet = ["-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={folder}/"]
        seeds = [corpus] if corpus.is_dir() else []
        return run([executable, *limits, *quiet, folder, *seeds])


def build(tally, preset):
    """Configures and builds a preset; a failure is counted."""
    for command in (["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset]):
        ok, output = run(command)
        if not ok:
            tally.add(f"build of {preset}", False, output[-8000:])
            return False
    return True


def run_fuzz(tally):
    """Builds the fuzz targets with clang's sanitizers and runs each for FUZZ_SECONDS."""
    names = [Path(name).stem for name in sources("_fuzz.cpp")]
    if not names:
        tally.add("fuzz targets", False, "no fuzz/*_fuzz.cpp")
    elif build(tally, "fuzz"):
        executables = [ROOT / "build/fuzz/fuzz" / name for name in names]
        with ThreadPoolExecutor(JOBS) as pool:
            for name, (ok, output) in zip(names, pool.map(run_fuzz_target, executables)):
                tally.add(f"fuzz: {name}", ok, output[-8000:])


def run_sanitized(tally):
    if build(tally, "sanitize"):
        run_ctest(tally, "sanitize")


def build_benchmarks(tally):
    if build(tally, "bench"):
        tally.add("build of bench", True)


def timed(title, work, *arguments):
    print(f"{title} ...", flush=True)
    start = time.monotonic()
    work(*arguments)
    print(f"{title}: {time.monotonic() - start:.0f} s", flush=True)


def add_check(name, work, tally):
    tally.add(f"check {name}", *work())


def stages(full):
    checks = {**CHECKS, **FULL_CHECKS} if full else CHECKS
    for name, work in checks.items():
        yield f"check {name}", partial(add_check, name, work)
    yield "C++ tests", lambda tally: run_ctest(tally, "release")
    yield "Python tests", run_pytest
    yield "fuzz targets", run_fuzz
    if full:
        yield "C++ tests under sanitizers", run_sanitized
        yield "benchmarks build", build_benchmarks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--full", action="store_true", help="also clang-tidy, sanitizers and benchmarks"
    )
    arguments = parser.parse_args()
    tally = Tally()
    for title, work in stages(arguments.full):
        timed(title, work, tally)
    for name, reason in tally.skipped:
        print(f"skipped {name}: {reason}")
    for name in tally.failed:
        print(f"failed {name}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed, {len(tally.skipped)} skipped")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
