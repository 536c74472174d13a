"""LSTM, GRU, RNN whose states go on: each inference begins where the one before ended."""

import json
import subprocess
from fractions import Fraction

import numpy as np
import onnx
import onnxruntime
import pytest
from commands import mistake, run
from onnx import helper
from recurrent_models import evaluate, quantized_input, save, weights_of

import gatefold

TYPES = {"gates": "fixed<8,1>", "cell": "fixed<10,4>", "hidden": "fixed<7,1>"}
DIRECTIONS = ["forward", "reverse", "bidirectional"]
OPERATORS = ["LSTM", "GRU", "RNN"]
STATES = {"LSTM": ("h0", "c0"), "GRU": ("h0",), "RNN": ("h0",)}


def initial_states(random, op, directions, hidden):
    """States on the grids of TYPES."""
    return {
        name: np.float32(random.integers(-4, 5, (directions, 1, hidden)) / 8) for name in STATES[op]
    }


def step_by_step(op, x, arrays, direction):
    """The outputs of inference after inference, each from the last states of the one before."""
    exact_x = np.frompyfunc(Fraction, 1, 1)(x)
    own, rows = dict(arrays), []
    for sample in exact_x:
        y, *states = evaluate(op, sample[:, None], own, TYPES, direction)
        own |= dict(zip(STATES[op], states, strict=True))
        rows.append([y[:, :, 0].reshape(len(y), -1), *(state[:, 0] for state in states)])
    return [np.stack(column).astype(np.float64) for column in zip(*rows, strict=True)]


def outputs_of(model, results):
    """In the file's order."""
    return [results[port.name] for port in model.outputs]


def expect_equal(got, expected):
    for own, other in zip(got, expected, strict=True):
        np.testing.assert_array_equal(own.reshape(other.shape), other)


def small(tmp_path, op, direction="forward", seed=3, sizes=(3, 2, 4)):
    """A file, its arrays with initial states, and the generator."""
    random = np.random.default_rng(seed)
    features, hidden, time = sizes
    directions = 2 if direction == "bidirectional" else 1
    arrays = weights_of(random, op, features, hidden, directions)
    arrays |= initial_states(random, op, directions, hidden)
    path = save(tmp_path / "m.onnx", op, arrays, (time, features), direction=direction)
    return path, arrays, random


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_batch_is_a_sequence_of_inferences(tmp_path, op, direction):
    for sizes in [(1, 1, 1), (3, 2, 4)]:
        path, arrays, random = small(tmp_path, op, direction, sizes=sizes)
        x = quantized_input(random, 40, (sizes[2], sizes[0]))
        model = gatefold.load(path, recurrent_type=TYPES, recurrent_state="stateful")
        expected = step_by_step(op, x, arrays, direction)
        expect_equal(outputs_of(model, model.predict(x)), expected)
        expect_equal(outputs_of(model, model.predict(x)), expected)  # begins anew
        stream = model.stream()
        parts = [outputs_of(model, stream.predict(part)) for part in np.split(x, [1, 4, 25])]
        expect_equal([np.concatenate(p) for p in zip(*parts, strict=True)], expected)
        stream.reset()
        first = outputs_of(model, stream.predict(x[:2]))
        expect_equal(first, [column[:2] for column in expected])


def test_an_error_leaves_the_states(tmp_path):
    path, arrays, random = small(tmp_path, "GRU")
    x = quantized_input(random, 6, (4, 3))
    model = gatefold.load(path, recurrent_type=TYPES, recurrent_state={"gru": "stateful"})
    stream = model.stream()
    first = outputs_of(model, stream.predict(x[:3]))
    with pytest.raises(gatefold.GatefoldError, match="PortNotFinite"):
        stream.predict(np.where(np.arange(72).reshape(6, 4, 3) == 50, np.nan, x))
    with pytest.raises(gatefold.GatefoldError, match="PortShape"):
        stream.predict(x[:, :2])
    second = outputs_of(model, stream.predict(x[3:]))
    got = [np.concatenate(pair) for pair in zip(first, second, strict=True)]
    expect_equal(got, step_by_step("GRU", x, arrays, "forward"))


def without_quantizer(path, op, states):
    """The model with its input as it is, and its initial states as inputs."""
    model = onnx.load(path)
    nodes = [
        node if node.op_type != "Quant" else helper.make_node("Identity", ["x"], ["q"])
        for node in model.graph.node
    ]
    kept = [array for array in model.graph.initializer if array.name not in states]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(kept)
    for name, value in states.items():
        model.graph.input.append(
            helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, value.shape)
        )
    return onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nears_onnxruntime_fed_with_its_own_states(tmp_path, op, direction):
    path, arrays, random = small(tmp_path, op, direction)
    x = quantized_input(random, 6, (4, 3))
    states = {name: arrays[name] for name in STATES[op]}
    session = without_quantizer(path, op, states)
    expected = []
    for sample in x:
        results = session.run(None, {"x": np.float32(sample[None]), **states})
        last = [state.transpose(1, 0, 2) for state in results[1:]]
        states = dict(zip(STATES[op], last, strict=True))
        expected.append([result[0] for result in results])
    model = gatefold.load(path, recurrent_type="fixed<24,4>", recurrent_state="stateful")
    for got, column in zip(outputs_of(model, model.predict(x)), zip(*expected), strict=True):
        np.testing.assert_allclose(got, np.stack(column), atol=1e-4)


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_interpreted_hardware_goes_on(tmp_path, op, direction):
    for sizes in [(1, 1, 1), (2, 3, 1), (3, 4, 5)]:
        path, _, random = small(tmp_path, op, direction, sizes=sizes)
        model = gatefold.load(path, recurrent_type=TYPES, recurrent_state="stateful")
        x = quantized_input(random, 5, (sizes[2], sizes[0]))
        for reuse in (1, 4, 100):
            levels = ["graph", "design"]
            verification = model.verify(levels=levels, data=x, random=6, extreme=4, reuse=reuse)
            assert verification.equal, verification.line


@pytest.mark.parametrize(
    "op, reuse, direction", [("LSTM", 24, "bidirectional"), ("GRU", 1, "forward")]
)
def test_simulated_systemverilog_and_netlist(tmp_path, op, reuse, direction):
    path, _, random = small(tmp_path, op, direction)
    model = gatefold.load(path, recurrent_type=TYPES, recurrent_state="stateful")
    x = quantized_input(random, 8, (4, 3))
    levels = ["design", "verilator", "netlist"]
    verification = model.verify(
        levels=levels, data=x, random=10, extreme=5, netlist_vectors=4, reuse=reuse
    )
    assert verification.equal, verification.line


RESETS = """
module reset_tb;
  logic clk = 0, rst_n = 0;
  always #5 clk = ~clk;
  logic [{x[data_width]}-1:0] beats [0:{x_beats}-1];
  logic [{y[data_width]}-1:0] expected [0:{y_beats}-1];
  wire ready, valid;
  wire [{y[data_width]}-1:0] data;
  int cycle = 0, sent = 0, given = 0, wrong = 0, round = 0, release_at = 3;
  initial begin
    $readmemh("{x[vectors]}", beats);
    $readmemh("{y[vectors]}", expected);
  end
  {top} dut (
    .clk_i(clk), .rst_ni(rst_n), .{x[signals]}_valid_i(rst_n && sent < {x_beats}),
    .{x[signals]}_ready_o(ready), .{x[signals]}_data_i(beats[sent]), {others}
    .{y[signals]}_valid_o(valid), .{y[signals]}_ready_i(1'b1), .{y[signals]}_data_o(data)
  );
  always @(posedge clk) begin
    cycle <= cycle + 1;
    if (!rst_n) begin
      sent <= 0;
      given <= 0;
      if (cycle >= release_at) rst_n <= 1;
    end else begin
      if (ready && sent < {x_beats}) sent <= sent + 1;
      if (valid) begin
        if (data !== expected[given]) wrong <= wrong + 1;
        given <= given + 1;
        if (given + 1 == (round < 3 ? 3 + 2 * round : {y_beats})) begin
          rst_n <= 0;
          release_at <= cycle + 4;
          round <= round + 1;
        end
      end
    end
    if (round == 4) begin
      $display("wrong=%0d", wrong);
      $finish;
    end
  end
endmodule
"""


@pytest.mark.parametrize("reuse", [1, 16])
def test_a_reset_begins_anew(tmp_path, reuse):
    """Resets in the middle of the second, third and fourth inference."""
    path, _, _ = small(tmp_path, "GRU", "bidirectional")
    model = gatefold.load(path, recurrent_type=TYPES, recurrent_state="stateful")
    project = tmp_path / "project"
    model.compile(project, vectors=6, reuse=reuse)
    manifest = json.loads((project / "manifest.json").read_text())
    (x,), (y, *rest) = manifest["inputs"], manifest["outputs"]
    lines = [len((project / port["vectors"]).read_text().split()) for port in (x, y)]
    others = "".join(f".{port['signals']}_ready_i(1'b1)," for port in rest)
    text = RESETS.format(
        x=x, y=y, x_beats=lines[0], y_beats=lines[1], top=manifest["top"], others=others
    )
    (project / "reset_tb.sv").write_text(text)
    files = (project / "files.f").read_text().split()
    command = ["iverilog", "-g2012", "-s", "reset_tb", "-o", "tb.vvp", "reset_tb.sv", *files]
    subprocess.run(command, cwd=project, check=True)
    result = subprocess.run(
        ["vvp", "-n", "tb.vvp"], cwd=project, capture_output=True, text=True, timeout=300
    )
    assert "wrong=0" in result.stdout, result.stdout


def test_reloaded_weights_with_kept_states(tmp_path):
    path, _, _ = small(tmp_path, "LSTM")
    model = gatefold.load(path, recurrent_type=TYPES, recurrent_state="stateful")
    settings = {"reuse": 8, "weights": "reloadable"}
    verification = model.verify(levels=["design", "verilator"], random=8, extreme=4, **settings)
    assert verification.equal, verification.line
    project = tmp_path / "project"
    model.compile(project, vectors=4, **settings)
    assert json.loads((project / "source/options.json").read_text())["stateful"] == ["*"]
    model.image(project, tmp_path / "weights.hex")


def test_the_command_line(tmp_path):
    path, arrays, random = small(tmp_path, "LSTM")
    x = quantized_input(random, 9, (4, 3))
    np.save(tmp_path / "x.npy", x)
    types = [f"--recurrent-type={role}={text}" for role, text in TYPES.items()]
    options = (*types, "--recurrent-state", "lstm=stateful")
    code, _, err = run(
        "predict", path, *options, "--data", tmp_path / "x.npy", "-o", tmp_path / "out.npy"
    )
    assert code == 0, err
    got = [np.load(tmp_path / f"out_{name}.npy") for name in ("y", "last_h", "last_c")]
    expect_equal(got, step_by_step("LSTM", x, arrays, "forward"))
    code, out, err = run("check", path, *options, "--reuse", 4)
    assert code == 0 and "the states of 'lstm' go on from one inference to the next" in out, err
    project = tmp_path / "project"
    code, _, err = run("compile", path, *options, "--reuse", 4, "-o", project)
    assert code == 0, err
    assert json.loads((project / "manifest.json").read_text())["stateful"] == ["lstm"]
    assert "The states of 'lstm' go on" in (project / "README.md").read_text()
    err = mistake("check", path, *types, "--recurrent-state", "gru=stateful")
    assert "error[NothingStateful]: layer 'gru'" in err
    err = mistake("predict", path, "--recurrent-state", "kept", "--data", "x", "-o", "y")
    assert "error[StateMalformed]: 'kept'" in err
