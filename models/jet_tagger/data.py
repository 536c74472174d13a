"""Simulated jets as training, validation and test arrays, split by file and so by random seed."""

import sys

import numpy as np

CLASSES = ("g", "q", "w", "z", "t")
FEATURES = (
    "zlogz",
    "c1_b0_mmdt",
    "c1_b1_mmdt",
    "c1_b2_mmdt",
    "c2_b1_mmdt",
    "c2_b2_mmdt",
    "d2_b1_mmdt",
    "d2_b2_mmdt",
    "d2_a1_b1_mmdt",
    "d2_a1_b2_mmdt",
    "m2_b1_mmdt",
    "m2_b2_mmdt",
    "n2_b1_mmdt",
    "n2_b2_mmdt",
    "mass_mmdt",
    "multiplicity",
)
TEST_CHUNKS = (0,)
VALIDATION_CHUNKS = (1, 2, 3)
TRAIN_FROM = 4


def load_chunks(folder, chunks, seed):
    """Shuffled (features float32 (rows, 16), labels int64 (rows,)) of the given chunks."""
    files = [(i, folder / f"{c}_{k:04d}.npy") for i, c in enumerate(CLASSES) for k in chunks]
    parts = [np.load(path) for _, path in files]
    labels = np.concatenate([np.full(len(p), i) for (i, _), p in zip(files, parts)])
    order = np.random.default_rng(seed).permutation(len(labels))
    return np.concatenate(parts)[order], labels[order].astype(np.int64)


def chunk_count(folder):
    """Number of chunks that every class has in `folder`."""
    count = min(len(list(folder.glob(f"{name}_????.npy"))) for name in CLASSES)
    if count <= TRAIN_FROM:
        sys.exit(f"{folder} has {count} files per class; at least {TRAIN_FROM + 1} are needed")
    return count


def standardise(features, mean, std):
    """(features - mean) / std, float32 of shape (rows, 16)."""
    return ((features - mean) / std).astype(np.float32)


def load(folder, seed):
    """Standardised splits: dict of train, validation, test, with mean and std of the train rows."""
    chunks = {"test": TEST_CHUNKS, "validation": VALIDATION_CHUNKS}
    chunks["train"] = range(TRAIN_FROM, chunk_count(folder))
    raw = {name: load_chunks(folder, part, seed) for name, part in chunks.items()}
    mean, std = (f(raw["train"][0].astype(np.float64), axis=0) for f in (np.mean, np.std))
    splits = {name: (standardise(x, mean, std), y) for name, (x, y) in raw.items()}
    return {**splits, "mean": mean, "std": std}
