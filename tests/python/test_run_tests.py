"""The runner of tools/test counts what passed, failed and skipped, and cannot miss a failure."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import run_tests

JUNIT = """<testsuite>
  <testcase name="Good"/>
  <testcase name="Bad"><failure message="no"/></testcase>
  <testcase name="Broken"><error message="no"/></testcase>
  <testcase name="Pytest"><skipped message="no verilator here"/></testcase>
  <testcase name="GTest"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
    <system-out>a_test.cpp:3: Skipped&#10;no yosys here&#10;</system-out></testcase>
</testsuite>"""


@pytest.fixture
def tally():
    return run_tests.Tally()


def test_cases_are_counted(tally, tmp_path):
    (tmp_path / "junit.xml").write_text(JUNIT)
    tally.add_junit("cpp", tmp_path / "junit.xml", complete=False)
    assert tally.passed == 1
    assert tally.failed == ["cpp: Bad", "cpp: Broken"]
    assert tally.skipped == [("cpp: Pytest", "no verilator here"), ("cpp: GTest", "no yosys here")]


@pytest.mark.parametrize(
    "text, complete",
    [
        (None, True),
        ("<testsuite/>", True),
        ('<testsuite><testcase name="Good"/></testsuite>', False),
    ],
)
def test_a_run_that_breaks_is_a_failure(tally, tmp_path, text, complete):
    if text is not None:
        (tmp_path / "junit.xml").write_text(text)
    tally.add_junit("cpp", tmp_path / "junit.xml", complete)
    assert tally.failed == ["cpp"]


def test_a_failed_check_is_printed(tally, capsys):
    tally.add("check layers", False, "graph must not include hardware")
    assert tally.failed == ["check layers"]
    assert "graph must not include hardware" in capsys.readouterr().out


def test_a_command_that_fails_is_noticed():
    assert run_tests.run([sys.executable, "-c", "print('x'); raise SystemExit(3)"]) == (
        False,
        "x\n",
    )


def test_tidy_stamp_follows_the_headers(monkeypatch, tmp_path):
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    (tmp_path / "src/gatefold").mkdir(parents=True)
    (tmp_path / ".clang-tidy").write_text("Checks: '*'")
    (tmp_path / "src/a.cpp").write_text('#include "gatefold/a.h"\n')
    (tmp_path / "src/gatefold/a.h").write_text("int a();\n")
    before = run_tests.tidy_stamp("src/a.cpp")
    assert run_tests.tidy_stamp("src/a.cpp") == before
    (tmp_path / "src/gatefold/a.h").write_text("int b();\n")
    assert run_tests.tidy_stamp("src/a.cpp") != before
