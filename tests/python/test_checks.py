"""Each house check passes on a good tree and fails on a bad one."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import check_layers  # noqa: E402
import check_sizes  # noqa: E402

DEF = "src/gatefold/support/diagnostics.def"


def check(name, tmp_path, files):
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    command = [sys.executable, ROOT / f"tools/check_{name}.py", "--root", tmp_path]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.stderr == ""
    return run.returncode, run.stdout


@pytest.mark.parametrize(
    "path, text",
    [
        ("src/gatefold/passes/fold.cpp", '#include "gatefold/graph/graph.h"\n'),
        ("src/gatefold/passes/fold.cpp", '#include "gatefold/support/result.h"\n'),
        ("src/gatefold/lowering/linear.cpp", '#include "gatefold/adder_graph/solve.h"\n'),
        ("src/gatefold/main.cpp", '#include "gatefold/cli/cli.h"\n'),
        ("src/gatefold/CMakeLists.txt", "gatefold_room(numeric LINKS support LIBRARIES gmp)\n"),
        ("python/gatefold/train/loop.py", "from gatefold import load\n"),
        ("python/src/model.cpp", '#include "gatefold/driver/compile.h"\n'),
    ],
)
def test_layers_accepts(tmp_path, path, text):
    assert check("layers", tmp_path, {path: text})[0] == 0


@pytest.mark.parametrize(
    "path, text, message",
    [
        ("src/gatefold/graph/a.h", '#include "gatefold/hardware/b.h"\n', "must not include"),
        ("src/gatefold/graph/x/a.cpp", ' # include "gatefold/cli/b.h"\n', "must not include"),
        ("src/gatefold/flows/a.cpp", '#include "gatefold/layers/b.h"\n', "must not include"),
        ("src/gatefold/attic/a.cpp", "\n", "'attic' is not a room"),
        ("src/gatefold/CMakeLists.txt", "gatefold_room(graph LINKS hardware)\n", "graph links"),
        ("python/gatefold/model.py", "from gatefold import train\n", "must not import"),
        ("python/gatefold/model.py", "import gatefold.compat.hls\n", "must not import"),
        ("python/gatefold/model.py", "from . import train\n", "not relative"),
    ],
)
def test_layers_refuses(tmp_path, path, text, message):
    code, output = check("layers", tmp_path, {path: text})
    assert code == 1
    assert message in output


def test_layers_finds_a_cycle_in_the_table():
    assert check_layers.find_cycle(check_layers.ROOMS) is None
    cycle = check_layers.find_cycle({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]})
    assert cycle == ["a", "b", "c", "a"]


def test_sizes_accepts_small_files(tmp_path):
    body = "int f(int a) {\n  return a;\n}\n"
    assert check("sizes", tmp_path, {"src/a.cpp": body})[0] == 0


@pytest.mark.parametrize(
    "path, text, message",
    [
        ("src/a.cpp", "\n" * 401, "401 lines"),
        ("tests/unit/a_test.cpp", "TEST(A, B) {\n" + "  f();\n" * 60 + "}\n", "62 lines"),
        ("src/a.cpp", "int f() {\n" + "  g();\n" * 9 + "}\n", "the median function has 11"),
        ("tools/a.py", "def f():\n" + "    g()\n" * 60, "f has 61 lines"),
    ],
)
def test_sizes_refuses(tmp_path, path, text, message):
    code, output = check("sizes", tmp_path, {path: text})
    assert code == 1
    assert message in output


CPP = """
#define MACRO(x) \\
  do { x; } while (false)
namespace a::b {
constexpr std::array<int, 2> table{{1, 2}};
const auto lambda = [](int x) { return x; };
constinit const OpDef Dense{.spec = {.infer = infer(1)}};
enum class Kind : int { A, B };
template <typename T = int, typename U = std::vector<T>>
struct S : Base<void(int)> {
  S(int a, int b) : a_{a}, b_(b), c_{b} {
    f();
  }
  bool operator==(const S& other) const { return a_ == other.a_; }
  int operator()(int x) const {
    if (x) { return '}'; }
    return 1'000;  // }
  }
  explicit operator bool() const { return true; }
  int a_{0};
};
template <int N = 3>
std::string f(const char* text = "{(") {
  return R"x( } )x";
}
auto g() -> std::vector<int> {
  return std::vector<int>{1};
}
TEST(Suite, Case) {
  f();
}
}  // namespace a::b
"""


def test_sizes_reads_cpp():
    found = {(name, length) for _, name, length in check_sizes.cpp_functions(CPP)}
    expected = {("S", 3), ("operator==", 1), ("operator", 4), ("bool", 1)}
    assert found == expected | {("f", 4), ("g", 3), ("TEST", 3)}


GOOD_DIAGNOSTIC = {
    DEF: 'DIAGNOSTIC(BadShape, "text", "remedy")\n',
    "src/gatefold/graph/infer.cpp": "diagnose(DiagnosticId::BadShape, layer);\n",
    "tests/errors/infer_test.cpp": "EXPECT_EQ(id, DiagnosticId::BadShape);\n",
}


def test_diagnostics_accepts_issued_and_tested(tmp_path):
    assert check("diagnostics", tmp_path, GOOD_DIAGNOSTIC)[0] == 0


@pytest.mark.parametrize(
    "path, text, message",
    [
        ("src/gatefold/graph/infer.cpp", "DiagnosticId::BadShapes", "BadShape: never issued"),
        ("tests/errors/infer_test.cpp", "BadShapes", "BadShape: no test"),
        (DEF, "DIAGNOSTIC(BadShape, 1, 2)\nDIAGNOSTIC(BadShape, 1, 2)\n", "more than once"),
        (DEF, "\n", "empty"),
    ],
)
def test_diagnostics_refuses(tmp_path, path, text, message):
    code, output = check("diagnostics", tmp_path, {**GOOD_DIAGNOSTIC, path: text})
    assert code == 1
    assert message in output
