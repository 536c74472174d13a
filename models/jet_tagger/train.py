"""Train, prune, quantize and export the jet tagger.

Run from the repository root: `python -m models.jet_tagger.train --jets DIR`, where DIR was filled
by `models.jet_tagger.simulate`. Writes the files of this folder that `figures.json` lists.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch

from models.common import record
from models.common.training import accuracy, auc_per_class, fit, fix_seeds, logits_of
from models.jet_tagger import data
from models.jet_tagger.network import FloatTagger, QuantTagger, freeze_norms
from models.jet_tagger.pruning import MagnitudePruner, ramp

FOLDER = Path(__file__).parent
MODEL = "jet_tagger.onnx"
SEED = 20210305
SPARSITIES = (0.75, 0.90, 0.85, 0.60)
FLOAT_EPOCHS, PRUNE_EPOCHS, FREEZE_EPOCHS = 60, 80, 40
RAMP_EPOCHS = 50


def train_float(splits):
    """The floating-point reference."""
    fix_seeds(SEED)
    model = FloatTagger()
    fit(model, splits["train"], splits["validation"], FLOAT_EPOCHS, 3e-3)
    return model


def train_pruned(splits, reference):
    """A quantized net from the reference's parameters, pruned while it trains; and its pruner."""
    fix_seeds(SEED + 1)
    model = QuantTagger()
    model.load_state_dict(reference.state_dict(), strict=False)
    pruner = MagnitudePruner(model.dense_layers(), SPARSITIES)

    def tighten(epoch):
        if epoch < RAMP_EPOCHS:
            pruner.prune(ramp(epoch, RAMP_EPOCHS))

    sets = splits["train"], splits["validation"]
    fit(model, *sets, PRUNE_EPOCHS, 2e-3, tighten, pruner.apply)
    return model, pruner


def train_frozen(splits, model, pruner):
    """Freeze the batch normalisations to powers of two and tune the rest, in place."""
    fix_seeds(SEED + 2)
    freeze_norms(model)
    sets = splits["train"], splits["validation"]
    fit(model, *sets, FREEZE_EPOCHS, 1e-3, None, pruner.apply)


def save_test_set(x, y):
    """The committed rows: features float32 (rows, 16) and labels uint8 (rows,)."""
    np.save(FOLDER / "test_features.npy", x)
    np.save(FOLDER / "test_labels.npy", y.astype(np.uint8))


def accuracies(model, splits, names=("test", "validation")):
    """Accuracy of a torch model on the named splits."""
    return {name: accuracy(logits_of(model, splits[name][0]), splits[name][1]) for name in names}


def collect_figures(splits, reference, model, outputs):
    """Everything that `figures.json` says about the exported net."""
    x, y = splits["test"]
    path = FOLDER / MODEL
    onnx_model = onnx.load(path)
    files = (MODEL, "test_features.npy", "test_labels.npy", "reference.npy")
    auc = {"float": logits_of(reference, x), "quantized": outputs}
    return {
        "model": MODEL,
        "test_accuracy": {
            "float": accuracies(reference, splits)["test"],
            "quantized": accuracy(outputs, y),
        },
        "validation_accuracy": {
            "float": accuracies(reference, splits)["validation"],
            "quantized": accuracies(model, splits)["validation"],
        },
        "auc": {name: auc_per_class(v, y, data.CLASSES) for name, v in auc.items()},
        "agreement_with_reference": {
            "qonnx_float32": record.compare_with_qonnx(path, x),
            "brevitas_float32": record.differences(outputs, logits_of(model, x)),
        },
        "layers": record.layer_rows(onnx_model),
        "activations": record.onnx_double.activation_quantizers(onnx_model),
        "classes": data.CLASSES,
        "features": data.FEATURES,
        "standardisation": {"mean": splits["mean"].tolist(), "std": splits["std"].tolist()},
        "rows": {name: len(splits[name][1]) for name in ("train", "validation", "test")},
        "seeds": {"training": SEED, "simulation": "1 + 100000 class + chunk; see simulate.py"},
        "sha256": record.file_digests(FOLDER, files),
        "versions": record.package_versions(("pythia8mc", "fastjet")),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jets", type=Path, required=True, help="output folder of simulate")
    splits = data.load(parser.parse_args().jets, SEED)
    reference = train_float(splits)
    model, pruner = train_pruned(splits, reference)
    train_frozen(splits, model, pruner)
    x, y = splits["test"]
    save_test_set(x, y)
    record.export(model, FOLDER / MODEL, torch.from_numpy(x[:1]), dynamo=False)
    outputs = record.save_reference(FOLDER, FOLDER / MODEL, x)
    figures = collect_figures(splits, reference, model, outputs)
    record.write_figures(FOLDER, figures)
    print(figures["test_accuracy"], figures["validation_accuracy"])


if __name__ == "__main__":
    main()
