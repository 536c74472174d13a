"""The command `yosys -p COMMANDS` for the wheel pyosys, which is a module without a command."""

import sys

from pyosys import libyosys

design = libyosys.Design()
for command in sys.argv[sys.argv.index("-p") + 1].split(";"):
    design.run_pass(command.strip())
