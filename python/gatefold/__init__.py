"""Gatefold folds a trained neural network into gates."""

from gatefold._core import version

__version__ = version()
__all__ = ["version"]
