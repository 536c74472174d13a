"""The command line: `gatefold ...` or `python -m gatefold ...`."""

import signal
import sys

from gatefold import _core


def main() -> int:
    """Run the command line of this process and return its exit code."""
    # The core handles Ctrl-C itself; Python's handler would wait for the core to return.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _core.main(["gatefold", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
