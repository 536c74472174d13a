"""Train, quantize and export the digits classifier, in both forms that Brevitas exports.

Run from the repository root: `python -m models.digits.train`. Writes the files of this folder that
`figures.json` lists.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from models.common import record
from models.common.training import accuracy, fit, fix_seeds, logits_of
from models.digits.network import FloatDigits, QuantDigits

FOLDER = Path(__file__).parent
MODEL = "digits.onnx"
TORCHSCRIPT = "digits_torchscript.onnx"
ROWS = ("features.npy", "labels.npy", "is_test.npy")
SEED = 1797
TEST_FRACTION = 0.25
FLOAT_EPOCHS, QUANT_EPOCHS, BATCH = 60, 150, 64


def load():
    """All rows: pixels standardised by one mean and deviation, float32 (1797, 64), labels, test
    mask (bool), mean, deviation of the training pixels (of 0 to 16)."""
    digits = load_digits()
    rows = np.arange(len(digits.target))
    _, held_out = train_test_split(
        rows, test_size=TEST_FRACTION, stratify=digits.target, random_state=SEED
    )
    test = np.isin(rows, held_out)
    mean, deviation = digits.data[~test].mean(), digits.data[~test].std()
    pixels = ((digits.data - mean) / deviation).astype(np.float32)
    return pixels, digits.target.astype(np.int64), test, mean, deviation


def train(pixels, labels, test):
    """(floating-point reference, quantized net) trained on the rows outside `test`."""
    sets = (pixels[~test], labels[~test]), (pixels[test], labels[test])
    fix_seeds(SEED)
    reference = FloatDigits()
    fit(reference, *sets, FLOAT_EPOCHS, 3e-3, batch=BATCH)
    fix_seeds(SEED + 1)
    model = QuantDigits()
    model.load_state_dict(reference.state_dict(), strict=False)
    fit(model, *sets, QUANT_EPOCHS, 3e-3, batch=BATCH)
    return reference, model


def save_rows(pixels, labels, test):
    """The committed rows: pixels float32 (1797, 64), labels uint8, test mask bool."""
    for name, array in zip(ROWS, (pixels, labels.astype(np.uint8), test)):
        np.save(FOLDER / name, array)


def agreement(outputs, model, pixels):
    """Differences between the double reference and the float32 evaluations, over all rows."""
    with torch.no_grad():
        brevitas = model(torch.from_numpy(pixels)).numpy()
    return {
        "qonnx_float32": record.compare_with_qonnx(FOLDER / MODEL, pixels),
        "torchscript_qonnx_float32": record.compare_with_qonnx(FOLDER / TORCHSCRIPT, pixels),
        "brevitas_float32": record.differences(outputs, brevitas),
    }


def collect_figures(reference, model, outputs, rows):
    """Everything that `figures.json` says about the exported net."""
    pixels, labels, test, mean, deviation = rows
    onnx_model = onnx.load(FOLDER / MODEL)
    files = (MODEL, f"{MODEL}.data", TORCHSCRIPT, *ROWS, "reference.npy")
    return {
        "model": MODEL,
        "same_model_by_torchscript": TORCHSCRIPT,
        "test_accuracy": {
            "float": accuracy(logits_of(reference, pixels[test]), labels[test]),
            "quantized": accuracy(outputs[test], labels[test]),
        },
        "agreement_with_reference": agreement(outputs, model, pixels),
        "layers": record.layer_rows(onnx_model),
        "activations": record.onnx_double.activation_quantizers(onnx_model),
        "standardisation": {"mean": float(mean), "std": float(deviation)},
        "rows": {"train": int(np.sum(~test)), "test": int(np.sum(test))},
        "seeds": {"split_and_training": SEED},
        "sha256": record.file_digests(FOLDER, files),
        "versions": record.package_versions(),
    }


def main():
    rows = load()
    pixels, labels, test = rows[:3]
    reference, model = train(pixels, labels, test)
    save_rows(pixels, labels, test)
    example = torch.from_numpy(pixels[:1])
    record.export(model, FOLDER / TORCHSCRIPT, example, dynamo=False)
    record.export(model, FOLDER / MODEL, example, dynamo=True)
    outputs = record.save_reference(FOLDER, FOLDER / MODEL, pixels)
    figures = collect_figures(reference, model, outputs, rows)
    record.write_figures(FOLDER, figures)
    print(figures["test_accuracy"])


if __name__ == "__main__":
    main()
