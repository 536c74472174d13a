"""Makes importable what the tests run: the package of the release build, and the repository."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build/release/python"

sys.path[:0] = [str(BUILT), str(ROOT)]
