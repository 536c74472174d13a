"""Quantization-aware pruning by magnitude (arXiv 2102.11289): masks that grow while training."""

import torch


def ramp(epoch, epochs):
    """Part of the final sparsity at `epoch`: cubic, complete after `epochs` epochs."""
    left = max(0.0, 1.0 - (epoch + 1) / epochs)
    return 1.0 - left**3


class MagnitudePruner:
    """Keeps the smallest weights of each layer at zero."""

    def __init__(self, layers, sparsities):
        """`layers`: modules with a `weight`; `sparsities`: final fraction of zeros of each."""
        self.layers = layers
        self.sparsities = sparsities
        self.masks = [torch.ones_like(layer.weight) for layer in layers]

    def prune(self, part):
        """Choose new masks at `part` (0 to 1) of the final sparsity, and apply them."""
        for i, (layer, sparsity) in enumerate(zip(self.layers, self.sparsities)):
            magnitude = layer.weight.detach().abs().flatten()
            dropped = torch.argsort(magnitude)[: round(part * sparsity * magnitude.numel())]
            mask = torch.ones_like(magnitude)
            mask[dropped] = 0.0
            self.masks[i] = mask.view_as(layer.weight)
        self.apply()

    def apply(self):
        """Set the masked weights to zero; call after every optimizer step."""
        with torch.no_grad():
            for layer, mask in zip(self.layers, self.masks):
                layer.weight.mul_(mask)
