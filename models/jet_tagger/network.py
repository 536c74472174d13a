"""The 16-64-32-32-5 jet tagger of arXiv 2103.05579, in floating point and quantized.

Every quantizer scale of the quantized net is a power of two, and after `freeze_norms` so is every
multiplier of its batch normalisations.
"""

import brevitas.nn as qnn
import torch
from brevitas.inject.enum import ScalingImplType
from brevitas.quant.fixed_point import (
    Int8ActPerTensorFixedPointMinMaxInit,
    Int8WeightPerTensorFixedPoint,
    Uint8ActPerTensorFixedPoint,
)
from torch import nn

SIZES = (16, 64, 32, 32, 5)
WEIGHT_BITS = 6
ACTIVATION_BITS = 6
EPSILON = 2.0**-17  # exact in float32, and so is 1 - EPSILON: their sum is exactly 1


class InputQuant(Int8ActPerTensorFixedPointMinMaxInit):
    """Signed 8 bits at a fixed scale of 2^-5: standardised features within [-4, 4)."""

    scaling_impl_type = ScalingImplType.CONST
    min_val = -4.0
    max_val = 4.0
    bit_width = 8


class WeightQuant(Int8WeightPerTensorFixedPoint):
    """Signed narrow 6 bits, one power-of-two scale per matrix."""

    bit_width = WEIGHT_BITS


class ActivationQuant(Uint8ActPerTensorFixedPoint):
    """Unsigned 6 bits, one learned power-of-two scale per layer."""

    bit_width = ACTIVATION_BITS


class PowerOfTwoNorm(nn.BatchNorm1d):
    """Batch normalisation with frozen statistics 0 and 1 and a frozen power-of-two gamma."""

    def __init__(self, gamma, beta):
        """`gamma` (powers of two, with sign) and `beta`: float32 tensors of shape (channels,)."""
        super().__init__(len(gamma), eps=EPSILON)
        self.weight = nn.Parameter(gamma.clone(), requires_grad=False)
        self.bias = nn.Parameter(beta.clone())
        self.running_var.fill_(1.0 - EPSILON)

    def train(self, mode=True):
        """Stay in inference mode: the statistics are constants."""
        del mode
        return super().train(False)


class FloatTagger(nn.Module):
    """The reference in floating point: Dense, batch normalisation, ReLU, three times; Dense."""

    def __init__(self):
        super().__init__()
        for i, (inputs, outputs) in enumerate(zip(SIZES[:3], SIZES[1:]), 1):
            setattr(self, f"dense{i}", nn.Linear(inputs, outputs, bias=False))
            setattr(self, f"norm{i}", nn.BatchNorm1d(outputs))
            setattr(self, f"relu{i}", nn.ReLU())
        self.dense4 = nn.Linear(*SIZES[3:])

    def logits(self, x):
        """Five logits per row of standardised features: (rows, 16) to (rows, 5)."""
        for i in (1, 2, 3):
            norm, relu = getattr(self, f"norm{i}"), getattr(self, f"relu{i}")
            x = relu(norm(getattr(self, f"dense{i}")(x)))
        return self.dense4(x)

    forward = logits


class QuantTagger(FloatTagger):
    """The same net with quantized features, weights and activations; the logits are not rounded."""

    OUTPUT = "logits"

    def __init__(self):
        super().__init__()
        self.quant_features = qnn.QuantIdentity(act_quant=InputQuant)
        for i, (inputs, outputs) in enumerate(zip(SIZES[:3], SIZES[1:]), 1):
            setattr(self, f"dense{i}", quant_dense(inputs, outputs, bias=False))
            setattr(self, f"relu{i}", qnn.QuantReLU(act_quant=ActivationQuant))
        self.dense4 = quant_dense(*SIZES[3:], bias=True)

    def logits(self, x):
        return super().logits(self.quant_features(x))

    forward = logits

    def dense_layers(self):
        """The four weight layers in order."""
        return [self.dense1, self.dense2, self.dense3, self.dense4]


def quant_dense(inputs, outputs, bias):
    """A Dense layer with quantized weights and a floating-point bias, if any."""
    return qnn.QuantLinear(inputs, outputs, bias=bias, weight_quant=WeightQuant)


def frozen_norm(dense, norm):
    """The `PowerOfTwoNorm` nearest to `norm`; the rest of its multiplier goes into the weights.

    The function of the pair changes only by the new rounding of the weights of `dense`.
    """
    multiplier = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    exponent = torch.round(torch.log2(multiplier.abs().clamp(min=2.0**-10)))
    gamma = torch.copysign(torch.exp2(exponent), multiplier)
    dense.weight.mul_((multiplier / gamma)[:, None])
    return PowerOfTwoNorm(gamma, norm.bias - norm.running_mean * multiplier)


def freeze_norms(model):
    """Replace the three batch normalisations of a `QuantTagger` in place."""
    with torch.no_grad():
        for i in (1, 2, 3):
            dense, norm = getattr(model, f"dense{i}"), getattr(model, f"norm{i}")
            setattr(model, f"norm{i}", frozen_norm(dense, norm))
