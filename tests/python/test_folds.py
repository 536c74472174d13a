"""Folded designs as a user asks for them: reuse, interval, latency, budgets, simulated time."""

import json

import numpy as np
import pytest
from commands import JET, ROWS, mistake, run
from recurrent_models import quantized_input, save, weights_of
from spatial_models import ConvNet, integers, positions
from spatial_models import save as save_images

import gatefold


def report(*arguments):
    code, out, err = run("report", JET, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def multipliers(data):
    return sum(process["multipliers"] for process in data["processes"])


def test_more_reuse_takes_fewer_multipliers_and_more_cycles():
    reports = [report("--reuse", reuse) for reuse in (4, 16, 64, 2048)]
    counts = [multipliers(data) for data in reports]
    assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]
    assert counts[-1] == 7  # one for each matrix and each batch normalisation
    intervals = [data["interval_cycles"] for data in reports]
    assert intervals == sorted(intervals)
    assert all(i <= reuse for i, reuse in zip(intervals, (4, 16, 64, 2048)))


def test_goals_are_met_and_explained():
    data = report("--interval", 100)
    assert data["interval_cycles"] <= 100 and "interval of 100 cycles" in data["folds"]
    data = report("--latency", 200)
    assert data["latency_cycles"] <= 200 and "keeps the latency" in data["folds"]
    data = report("--max-luts", 3000)
    assert data["total"]["estimated"]["luts"] <= 3000 and "fits the budget" in data["folds"]
    assert data["interval_cycles"] > 1


def test_a_latency_with_reloadable_weights():
    data = report("--weights", "reloadable", "--latency", 190)
    assert data["latency_cycles"] <= 190
    assert {m["form"] for m in data["matrices"]} == {"fold"}
    assert "error[FoldsImpossible]" in mistake(
        "report", JET, "--weights", "reloadable", "--latency", 9
    )


def test_reuse_of_a_layer():
    data = report("--reuse", "dense1=16")
    names = {p["process"]: p for p in data["processes"]}
    assert names["dense1 fold"]["multipliers"] > 0
    assert [name for name in names if name.endswith("fold")] == ["dense1 fold"]


def test_matrices_say_what_their_zeros_save():
    data = report("--reuse", 64)
    weights = {layer["layer"]: layer["weights"] for layer in data["layers"] if layer["weights"]}
    folds = [matrix for matrix in data["matrices"] if matrix["form"] == "fold"]
    assert [m["layer"] for m in folds] == list(weights)
    assert all(m["weights"] <= weights[m["layer"]] for m in folds)  # dead ones are gone
    for m in folds:
        nonzero = m["weights"] - m["zero_weights"]
        assert m["multipliers"] * m["steps"] >= nonzero
        assert m["multipliers"] * m["dense_steps"] >= m["weights"]
        assert m["saved_steps"] == max(m["dense_steps"] - m["steps"], 0)
    assert any(m["saved_steps"] > 0 for m in folds)
    graphs = json.loads(run("report", JET, "--json")[1])["matrices"]
    assert {m["form"] for m in graphs} == {"adder_graph"}


def test_impossible_goals_name_the_nearest_design():
    err = mistake("report", JET, "--max-luts", 10)
    assert "error[FoldsImpossible]" in err and "the nearest design" in err
    err = mistake("report", JET, "--reuse", "many")
    assert "error[ReuseMalformed]" in err
    err = mistake("report", JET, "--reuse", 4, "--stages", 3)
    assert "error[StagesOfNetwork]" in err


def test_activity_on_real_inputs():
    model = gatefold.load(JET)
    x = np.load(ROWS)[:50]
    slow = model.report(reuse={"dense1": 16}, data=x)
    assert slow.data["activity"]["inferences"] == 50
    assert "Activity on 50 real inputs" in slow.text
    assert model.report(reuse=4).data["activity"] is None
    with pytest.raises(ValueError, match="reuse of dense1 is at least 1"):
        model.report(reuse={"dense1": 0})


def test_what_stands_behind_a_fold_works_once_a_result():
    def toggles(reuse):
        layers = gatefold.load(JET).report(reuse=reuse, data=np.load(ROWS)[:50]).data["activity"]
        return next(own["toggles"] for own in layers["layers"] if own["layer"] == "relu1")

    assert toggles(64) < 1.3 * toggles(16)


@pytest.mark.parametrize("seed", range(20))
def test_random_images_and_sequences_in_the_interpreted_hardware(tmp_path, seed):
    path, _ = ConvNet(seed).write(tmp_path / "net.onnx")
    model = gatefold.load(path)
    for reuse in (1, 6):
        verification = model.verify(levels=["design"], random=6, extreme=3, reuse=reuse)
        assert verification.equal, verification.line


@pytest.mark.parametrize("seed, reuse", [(3, 1), (5, 7)])
def test_streamed_images_in_simulated_systemverilog(tmp_path, seed, reuse):
    path, _ = ConvNet(seed).write(tmp_path / "net.onnx")
    levels = ["graph", "design", "verilator"]
    verification = gatefold.load(path).verify(levels=levels, random=10, extreme=5, reuse=reuse)
    assert verification.equal, verification.line
    times = {level["detail"] for level in verification.data["levels"] if level["level"] != "graph"}
    assert len(times) == 1, "simulation shows the latency and interval that were computed"


def separable(path):
    """A convolution with a stride, one for each channel alone, and pools, on 9 x 8 pixels."""
    net = ConvNet(1)
    random = net.random
    x, shape = "q", (3, 9, 8)
    for channels, groups, stride in [(8, 1, 1), (8, 8, 2), (12, 4, 1)]:
        weights = net.constant(integers(random, (channels, shape[0] // groups, 3, 3)))
        attributes = {"kernel_shape": [3, 3], "strides": [stride] * 2, "pads": [1, 1, 1, 1]}
        x = net.quantize(net.add("Conv", [x, weights], group=groups, **attributes))
        shape = (channels, *positions(shape[1:], attributes))
    x = net.add("MaxPool", [x], kernel_shape=[2, 2], strides=[1, 1])
    x = net.add("GlobalMaxPool", [x])
    net.nodes[-1].output[0] = "y"
    return save_images(path, net.nodes, net.constants, (3, 9, 8))


def test_streamed_windows_in_simulated_systemverilog(tmp_path, reuse=150):
    model = gatefold.load(separable(tmp_path / "net.onnx"))
    levels = ["graph", "design", "verilator"]
    verification = model.verify(levels=levels, random=8, extreme=4, reuse=reuse)
    assert verification.equal, verification.line
    times = {level["detail"] for level in verification.data["levels"] if level["level"] != "graph"}
    assert len(times) == 1, "simulation shows the latency and interval that were computed"
    processes = model.report(reuse=reuse).data["processes"]
    windows = [p for p in processes if p["process"].endswith(" window")]
    assert [p["state_bits"] for p in windows[:3]] == [0, 0, 0], windows


TYPES = {"gates": "fixed<8,1>", "cell": "fixed<10,4>", "hidden": "fixed<7,1>"}


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize("op", ["LSTM", "GRU", "RNN"])
def test_recurrences_in_the_interpreted_hardware(tmp_path, op, direction):
    random = np.random.default_rng(7)
    directions = 2 if direction == "bidirectional" else 1
    for features, hidden, time in [(1, 1, 1), (3, 4, 5)]:
        arrays = weights_of(random, op, features, hidden, directions)
        path = save(tmp_path / "m.onnx", op, arrays, (time, features), direction=direction)
        model = gatefold.load(path, recurrent_type=TYPES)
        x = quantized_input(random, 3, (time, features))
        for options in ({}, {"reuse": 1}, {"reuse": 4}):
            levels = ["graph", "design"]
            verification = model.verify(levels=levels, data=x, random=4, extreme=2, **options)
            assert verification.equal, verification.line


@pytest.mark.parametrize("op, reuse", [("LSTM", 8), ("LSTM", 48), ("GRU", 20)])
def test_a_recurrence_in_simulated_systemverilog(tmp_path, op, reuse):
    random = np.random.default_rng(8)
    path = save(tmp_path / "m.onnx", op, weights_of(random, op, 3, 4, 1), (5, 3))
    model = gatefold.load(path, recurrent_type=TYPES)
    levels = ["design", "verilator"]
    verification = model.verify(levels=levels, random=10, extreme=5, reuse=reuse)
    assert verification.equal, verification.line


@pytest.mark.parametrize("op", ["LSTM", "GRU", "RNN"])
def test_parallel_recurrences_in_simulated_systemverilog(tmp_path, op):
    random = np.random.default_rng(9)
    arrays = weights_of(random, op, 1, 1, 2)
    path = save(tmp_path / "m.onnx", op, arrays, (2, 1), direction="bidirectional")
    model = gatefold.load(path, recurrent_type=TYPES)
    verification = model.verify(levels=["design", "verilator"], random=10, extreme=5)
    assert verification.equal, verification.line
    assert model.report().data["interval_cycles"] == 1


def test_a_budget_chooses_what_multiplies():
    free = report("--interval", 64)
    luts, dsps = (free["total"]["estimated"][name] for name in ("luts", "dsps"))
    tight = report("--interval", 64, "--max-luts", 0.8 * luts)
    assert tight["total"]["estimated"]["luts"] <= 0.8 * luts
    assert tight["total"]["estimated"]["dsps"] > dsps
    err = mistake("report", JET, "--interval", 64, "--max-luts", 0.8 * luts, "--max-dsps", 0)
    assert "error[FoldsImpossible]" in err and "LUTs" in err


def test_a_bound_on_toggles_is_kept():
    model, x = gatefold.load(JET), np.load(ROWS)[:20]

    def toggles(data):
        layers = data["activity"]["layers"]
        total = sum(layer["toggles"] + layer["register_toggles"] for layer in layers)
        return total / data["activity"]["inferences"]

    folded = model.report(interval=64, data=x).data
    bound = toggles(folded) / 2
    quiet = model.report(interval=64, max_toggles=bound, data=x).data
    assert toggles(quiet) <= bound < toggles(folded)
    assert quiet["total"]["estimated"]["luts"] > folded["total"]["estimated"]["luts"]
    with pytest.raises(gatefold.GatefoldError, match="TogglesWithoutData"):
        model.report(interval=64, max_toggles=bound)
