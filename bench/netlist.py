"""What a netlist of Xilinx cells computes, on many vectors at once.

Reads Yosys' JSON of a flattened feed-forward design. Registers, always enabled, count as wires with
their synchronous set or reset: held inputs have passed them all in the end.
"""

import json

import numpy as np


class Netlist:
    """The values of each net, one bit a vector, packed in bytes."""

    def __init__(self, path, top):
        module = json.loads(path.read_text())["modules"][top]
        self.ports, self.cells = module["ports"], list(module["cells"].values())
        self.drivers = {}
        for cell in self.cells:
            for port, bits in cell["connections"].items():
                if cell["port_directions"][port] == "output":
                    self.drivers.update((bit, (cell, port)) for bit in bits)

    def run(self, inputs):
        """Integers of each output port for {input port: integers}; other inputs are 0."""
        count = len(next(iter(inputs.values())))
        zero = np.zeros(-(-count // 8), np.uint8)
        self.values = {"0": zero, "1": ~zero, "x": zero}
        for name, port in self.ports.items():
            if port["direction"] != "input":
                continue
            words = inputs.get(name, [0] * count)
            for i, bit in enumerate(port["bits"]):
                self.values[bit] = np.packbits([word >> i & 1 for word in words])
        return {
            name: self.words(port["bits"], count)
            for name, port in self.ports.items()
            if port["direction"] == "output"
        }

    def words(self, bits, count):
        rows = [np.unpackbits(self.value(bit), count=count) for bit in bits]
        return [sum(int(row[k]) << i for i, row in enumerate(rows)) for k in range(count)]

    def value(self, bit):
        """Values of a net, its cone first: a stack, for cones are deep."""
        stack = [bit]
        while stack:
            net = stack[-1]
            if net in self.values:
                stack.pop()
                continue
            cell, _ = self.drivers[net]
            missing = [b for b in sources(cell) if b not in self.values]
            if missing:
                stack.extend(missing)
                continue
            self.evaluate(cell)
        return self.values[bit]

    def evaluate(self, cell):
        """Set the outputs of a cell whose inputs are known."""
        pins = {
            port: [self.values.get(bit) for bit in bits]
            for port, bits in cell["connections"].items()
        }
        for port, values in outputs_of(cell, pins).items():
            for bit, value in zip(cell["connections"][port], values):
                self.values[bit] = value


def sources(cell):
    """The nets that a cell's outputs depend on."""
    skipped = ("C", "CE", "CLK") if is_register(cell) else ()
    return [
        bit
        for port, bits in cell["connections"].items()
        if cell["port_directions"][port] == "input" and port not in skipped
        for bit in bits
    ]


def is_register(cell):
    return cell["type"] in ("FDRE", "FDSE")


def outputs_of(cell, pins):
    """{port: values} of a cell."""
    kind = cell["type"]
    if kind == "FDRE":
        return {"Q": [pins["D"][0] & ~pins["R"][0]]}
    if kind == "FDSE":
        return {"Q": [pins["D"][0] | pins["S"][0]]}
    if kind == "INV":
        return {"O": [~pins["I"][0]]}
    if kind in ("MUXF7", "MUXF8", "MUXF9"):
        select = pins["S"][0]
        return {"O": [(select & pins["I1"][0]) | (~select & pins["I0"][0])]}
    if kind == "CARRY4":
        return carry(pins)
    if kind.startswith("LUT"):
        return {"O": [table(int(cell["parameters"]["INIT"], 2), int(kind[3:]), pins)]}
    raise SystemExit(f"netlist: cell {kind} is not known")


def carry(pins):
    """Four bits of a carry chain."""
    now = pins["CI"][0] | pins["CYINIT"][0]
    sums, carries = [], []
    for select, data in zip(pins["S"], pins["DI"]):
        sums.append(select ^ now)
        now = (select & now) | (~select & data)
        carries.append(now)
    return {"O": sums, "CO": carries}


def table(init, inputs, pins):
    """Shannon expansion of a truth table, the last input first."""
    values = [pins[f"I{i}"][0] for i in range(inputs)]
    leaves = [values[0] & 0 if not init >> i & 1 else values[0] | 255 for i in range(1 << inputs)]
    for value in values:
        leaves = [(value & one) | (~value & zero) for zero, one in zip(leaves[::2], leaves[1::2])]
    return leaves[0]
