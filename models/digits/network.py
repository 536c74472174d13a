"""A 64-32-16-10 classifier of handwritten digits: free floating-point scales, zero points."""

import brevitas.nn as qnn
from brevitas.quant.scaled_int import Int8WeightPerChannelFloat, Uint8ActPerTensorFloat
from brevitas.quant.shifted_scaled_int import ShiftedUint8ActPerTensorFloat
from torch import nn

SIZES = (64, 32, 16, 10)


class InputQuant(ShiftedUint8ActPerTensorFloat):
    """4 bits with a zero point: standardised pixels lie between -0.8 and 1.9."""

    bit_width = 4


class WeightQuant(Int8WeightPerChannelFloat):
    """Signed narrow 4 bits, one free scale per output."""

    bit_width = 4


class PositiveQuant(Uint8ActPerTensorFloat):
    """Unsigned 5 bits after a ReLU."""

    bit_width = 5


class ShiftedQuant(ShiftedUint8ActPerTensorFloat):
    """5 bits with a zero point, for values of both signs."""

    bit_width = 5


class FloatDigits(nn.Module):
    """The reference in floating point: Dense, batch normalisation, ReLU, twice; Dense; softmax."""

    def __init__(self):
        super().__init__()
        self.dense1 = nn.Linear(SIZES[0], SIZES[1], bias=False)
        self.norm1 = nn.BatchNorm1d(SIZES[1])
        self.relu1 = nn.ReLU()
        self.dense2 = nn.Linear(SIZES[1], SIZES[2], bias=False)
        self.norm2 = nn.BatchNorm1d(SIZES[2])
        self.relu2 = nn.ReLU()
        self.dense3 = nn.Linear(SIZES[2], SIZES[3])
        self.softmax = nn.Softmax(dim=1)

    def logits(self, x):
        """Ten logits per row of standardised pixels: (rows, 64) to (rows, 10)."""
        x = self.relu1(self.norm1(self.dense1(x)))
        return self.dense3(self.relu2(self.norm2(self.dense2(x))))

    def forward(self, x):
        """Probabilities, (rows, 10)."""
        return self.softmax(self.logits(x))


class QuantDigits(FloatDigits):
    """The same net, quantized; the second activation is quantized before its ReLU, with a zero
    point, the first one after it."""

    OUTPUT = "probabilities"

    def __init__(self):
        super().__init__()
        self.quant_pixels = qnn.QuantIdentity(act_quant=InputQuant)
        self.dense1 = qnn.QuantLinear(*SIZES[0:2], bias=False, weight_quant=WeightQuant)
        self.relu1 = qnn.QuantReLU(act_quant=PositiveQuant)
        self.dense2 = qnn.QuantLinear(*SIZES[1:3], bias=False, weight_quant=WeightQuant)
        self.quant2 = qnn.QuantIdentity(act_quant=ShiftedQuant)
        self.dense3 = qnn.QuantLinear(*SIZES[2:4], bias=True, weight_quant=WeightQuant)

    def logits(self, x):
        x = self.relu1(self.norm1(self.dense1(self.quant_pixels(x))))
        return self.dense3(self.relu2(self.quant2(self.norm2(self.dense2(x)))))
