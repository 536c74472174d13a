"""A trained model as the C++ core sees it: NumPy in, NumPy out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gatefold import _core

Arrays = Union[ArrayLike, Mapping[str, ArrayLike]]


class Port(NamedTuple):
    """An input or output: its name, its shape without the sample axis, and its integers' type."""

    name: str
    shape: tuple[int, ...]
    type: str


@dataclass(frozen=True)
class Report:
    """Cycles, nanoseconds and cells by layer. `data` holds what the text shows, as plain values."""

    data: dict
    text: str
    html: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{_escaped(self.html)}" width="100%" height="800"></iframe>'


@dataclass(frozen=True)
class Verification:
    """What was compared with what. `line` says vectors, levels and differing bits."""

    data: dict
    line: str

    @property
    def equal(self) -> bool:
        """True when no bit differed at any level."""
        return self.data["equal"]

    def __repr__(self) -> str:
        return self.line


def load(
    path: str | os.PathLike[str],
    *,
    input_type: str | Mapping[str, str] | None = None,
    recurrent_type: str | Mapping[str, str] | None = None,
    recurrent_state: str | Mapping[str, str] | None = None,
    final_activation: str = "hardware",
) -> Model:
    """Read a trained model file (QONNX or ONNX), or a graph as `gatefold compile --dump` writes it.

    `input_type` gives the type of inputs that the model does not quantize, such as
    "fixed<16,6>", for all of them or by name. `recurrent_type` gives the types to which LSTM, GRU
    and RNN round in each step: one for all, or by role ("gates", "cell", "hidden") or
    "<layer>.<role>". `recurrent_state="stateful"`, or `{layer: "stateful"}`, makes them go on with
    the states that the inference before left; the first begins with the file's initial states.
    `final_activation="host"` leaves a Softmax, Sigmoid or Tanh at the very end to `predict`,
    outside the hardware.

    Raises GatefoldError, which lists every problem of the model by its layer's name.
    """
    if final_activation not in ("hardware", "host"):
        raise ValueError("final_activation is 'hardware' or 'host'")
    types = [
        {"*": given} if isinstance(given, str) else dict(given or {})
        for given in (input_type, recurrent_type)
    ]
    states = _by_layer(recurrent_state)
    return Model(_core.Model(os.fspath(path), *types, states, final_activation == "host"))


class Model:
    """A loaded model. Made by `load`."""

    def __init__(self, core: _core.Model) -> None:
        self._core = core

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._core.name

    @property
    def inputs(self) -> list[Port]:
        """The inputs, in the model's order."""
        return [Port(name, tuple(shape), type_) for name, shape, type_ in self._core.inputs]

    @property
    def outputs(self) -> list[Port]:
        """The outputs, in the model's order."""
        return [Port(name, tuple(shape), type_) for name, shape, type_ in self._core.outputs]

    def __repr__(self) -> str:
        ports = [
            f"  {way} {port.name}: {port.type}"
            for way, all_ports in (("input ", self.inputs), ("output", self.outputs))
            for port in all_ports
        ]
        return "\n".join([f"gatefold.Model '{self.name}'", *ports])

    def predict(self, x: Arrays, *, raw: bool = False) -> NDArray | dict[str, NDArray]:
        """Run the bit-exact emulator on `x`: [samples, *shape], or a dict of them by input name.

        Floats in, floats out (float64, exact images of the hardware's integers); with `raw`
        integers in, integers out (int64). A model of several outputs gives a dict.

        The samples are inferences in order: a stateful layer begins with its initial states and
        goes on from sample to sample. `stream` goes on from call to call too.
        """
        return self.stream().predict(x, raw=raw)

    def stream(self) -> Stream:
        """Return a stream of inferences that begins with the initial states."""
        return Stream(self)

    def quantize(self, x: Arrays) -> NDArray | dict[str, NDArray]:
        """Return the integers that the host hands to the hardware for the floats `x`."""
        integers = self._core.quantize(self._named(x, np.float64))
        return next(iter(integers.values())) if len(integers) == 1 else integers

    def trace(self, x: Arrays, *, raw: bool = False) -> dict[str, NDArray]:
        """Return what every layer computes, [samples, *shape]: `{layer: output}`.

        A layer of several ops has its inner values too: `<layer>:<op>`, such as "fc1:linear".
        Floats in, floats out; with `raw` integers in (see `quantize`), integers out (int64), which
        are those before any function that a quantizer has yet to round.
        """
        if raw:
            return self._core.trace_raw(self._named(x, np.int64))
        return self._core.trace(self._named(x, np.float64))

    def compile(
        self,
        output: str | os.PathLike[str] | None = None,
        *,
        data: Arrays | None = None,
        vectors: int = 200,
        **hardware: object,
    ) -> Report:
        """Fold the model into a pipelined design and return its report.

        With `output`, write the project there: SystemVerilog, a self-checking testbench with
        golden vectors (`vectors` of each kind: from `data`, random, extreme), `build.sh`.
        `hardware`: target ("xcup"; or a Liberty file), clock in ns (the target's, or the shortest
        for `stages`), stages (the fewest for `clock`), extra_depth (0) of adders, effort (1) of
        the search for fewer adders, multipliers ("auto": DSPs multiply two computed words where
        LUTs are dearer or too slow; "dsps": wherever the factors fit one; "luts": nowhere),
        register_enable ("step": data registers load with a step; "advance": with the whole
        pipeline; "gated-clock": by gated clocks, for ASICs).
        A folded design instead of a parallel one: reuse (steps in which a matrix may be worked off
        at a position: a number, or `{layer: number}`), or a goal for which folds are chosen:
        interval and latency (most cycles), max_luts (for a Liberty file max_area), max_registers,
        max_block_rams, max_dsps (most, by the estimate), max_toggles (most bits that change an
        inference, on `data`).
        weights="reloadable" (or `{layer: "reloadable"}`) keeps the weights of a folded design in
        memories that a port writes; `image` makes what it loads.
        """
        texts = self._core.compile(
            _settings(**hardware), _path(output), self._optional(data), vectors
        )
        return _report(texts)

    def report(
        self, *, synthesise: bool = False, data: Arrays | None = None, **hardware: object
    ) -> Report:
        """Return cycles, nanoseconds and cells by layer.

        With `synthesise` also Yosys' figures, with `data` the bits that change in each layer when
        the interpreted hardware runs on these inputs.
        """
        core = self._core.report(_settings(**hardware), synthesise, self._optional(data))
        return _report(core)

    def build(
        self,
        output: str | os.PathLike[str],
        *,
        data: Arrays | None = None,
        vectors: int = 200,
        **hardware: object,
    ) -> Report:
        """Compile into `output`, then lint, simulate and synthesise there with open tools.

        Leaves report.txt, report.json and report.html. Raises RuntimeError when the simulation
        of the text or of the netlist differs from the emulator.
        """
        *texts, difference = self._core.build(
            _settings(**hardware), _path(output), self._optional(data), vectors
        )
        if difference:
            raise RuntimeError(difference)
        return _report(texts)

    def image(self, project: str | os.PathLike[str], output: str | os.PathLike[str]) -> None:
        """Write the weights of this model for the hardware of a project with reloadable weights.

        The model must be that of the project in everything else; GatefoldError names the layer in
        which it is not. The file has a line of hexadecimal digits for each address of the port.
        """
        self._core.image(_path(project), _path(output))

    def verify(
        self,
        *,
        data: Arrays | None = None,
        levels: Iterable[str] | None = None,
        random: int = 1000,
        extreme: int = 200,
        netlist_vectors: int = 100,
        **hardware: object,
    ) -> Verification:
        """Compare the emulator with other meanings of the model, bit by bit.

        Levels: graph (after the passes), design (interpreted hardware, cycle by cycle),
        verilator (simulated SystemVerilog), netlist (simulated after synthesis); by default all
        that the target and this machine can, and `line` says what was left out and why. Vectors:
        `data`, then `random` ones, then `extreme` ones (interval ends).
        """
        text, line = self._core.verify(
            _settings(**hardware),
            list(levels or ()),
            self._optional(data),
            random,
            extreme,
            netlist_vectors,
        )
        return Verification(json.loads(text), line)

    def _named(self, x: Arrays, dtype: type) -> dict[str, NDArray]:
        named = x if isinstance(x, Mapping) else self._by_only_input(x)
        return {name: _array(name, values, dtype) for name, values in named.items()}

    def _floats(self, x: Arrays) -> dict[str, NDArray]:
        """Arrays of float32 as they are, all others as float64."""
        named = x if isinstance(x, Mapping) else self._by_only_input(x)
        single = all(getattr(values, "dtype", None) == np.float32 for values in named.values())
        return self._named(named, np.float32 if single else np.float64)

    def _by_only_input(self, x: ArrayLike) -> dict[str, ArrayLike]:
        names = [port.name for port in self.inputs]
        if len(names) != 1:
            raise ValueError(f"the model has the inputs {names}: give a dict of arrays by name")
        return {names[0]: x}

    def _run(self, x: Arrays, raw: bool, states: _core.States) -> NDArray | dict[str, NDArray]:
        if raw:
            return self._single(self._core.run(self._named(x, np.int64), states))
        return self._single(self._core.predict(self._floats(x), states))

    def _optional(self, data: Arrays | None) -> dict[str, NDArray]:
        return {} if data is None else self._named(data, np.float64)

    def _single(self, arrays: dict[str, NDArray]) -> NDArray | dict[str, NDArray]:
        return next(iter(arrays.values())) if len(self.outputs) == 1 else arrays


class Stream:
    """Inferences one after the other. Made by `Model.stream`; for one thread at a time.

    The states of stateful layers go on from call to call. A model without any gives the same as
    `Model.predict`.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._states = model._core.initial_states()

    def predict(self, x: Arrays, *, raw: bool = False) -> NDArray | dict[str, NDArray]:
        """As `Model.predict`, from the states that the last call left; an error leaves them."""
        return self._model._run(x, raw, self._states)

    def reset(self) -> None:
        """Begin anew, with the initial states, as the hardware does after a reset."""
        self._states = self._model._core.initial_states()


def _array(name: str, values: ArrayLike, dtype: type) -> NDArray:
    array = np.asarray(values)
    if array.dtype == object or not np.issubdtype(array.dtype, np.number):
        raise TypeError(f"input '{name}' is no array of numbers, but of {array.dtype}")
    if dtype is np.int64 and not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"input '{name}': raw values are integers, not {array.dtype}")
    if np.issubdtype(array.dtype, np.complexfloating):
        raise TypeError(f"input '{name}' is complex")
    return np.ascontiguousarray(array, dtype=dtype)


def _settings(
    target: str = "xcup",
    clock: float | None = None,
    stages: int | None = None,
    extra_depth: int = 0,
    effort: int = 1,
    multipliers: str = "auto",
    register_enable: str = "step",
    reuse: int | Mapping[str, int] | None = None,
    interval: int | None = None,
    latency: int | None = None,
    weights: str | Mapping[str, str] | None = None,
    **budget: float | None,
) -> _core.CompileSettings:
    for name, value, least in (
        ("stages", stages, 1),
        ("extra_depth", extra_depth, -1),
        ("effort", effort, 0),
    ):
        _check_least(name, value, least)
    settings = _core.CompileSettings()
    for name, choices, choice in (
        ("multipliers", _core.Multipliers.__members__, multipliers),
        ("register_enable", _core.RegisterEnable.__members__, register_enable),
    ):
        if choice not in choices:
            raise ValueError(f"{name} is one of {', '.join(choices)}, not {choice}")
        setattr(settings, name, choices[choice])
    settings.target = target
    settings.clock_ns = clock
    settings.stages = stages
    settings.extra_depth = extra_depth
    settings.effort = effort
    settings.folds = _fold_goals(reuse, interval, latency, budget)
    settings.weights = _by_layer(weights)
    return settings


def _fold_goals(
    reuse: int | Mapping[str, int] | None,
    interval: int | None,
    latency: int | None,
    budget: Mapping[str, float | None],
) -> _core.FoldGoals:
    goals = _core.FoldGoals()
    goals.layers = dict(reuse) if isinstance(reuse, Mapping) else {}
    goals.reuse = None if isinstance(reuse, Mapping) else reuse
    goals.interval, goals.latency = interval, latency
    _check_least("reuse", goals.reuse, 1)
    _check_least("interval", interval, 1)
    _check_least("latency", latency, 1)
    for layer, number in goals.layers.items():
        _check_least(f"reuse of {layer}", number, 1)
    for name, most in budget.items():
        resource = _core.Resource.__members__.get(name.removeprefix("max_"))
        if resource is None or not name.startswith("max_"):
            raise TypeError(f"there is no argument '{name}'")
        if most is not None:
            _check_least(name, most, 0)
            goals.bound(resource, most)
    return goals


def _check_least(name: str, value: float | None, least: int) -> None:
    if value is not None and value < least:
        raise ValueError(f"{name} is at least {least}, not {value}")


def _by_layer(choice: str | Mapping[str, str] | None) -> list[str]:
    """The choice as the command line writes it: `kind`, or `layer=kind` for each layer."""
    if isinstance(choice, Mapping):
        return [f"{layer}={kind}" for layer, kind in choice.items()]
    return [] if choice is None else [choice]


def _report(texts: list[str]) -> Report:
    data, text, html = texts
    return Report(json.loads(data), text, html)


def _path(path: str | os.PathLike[str] | None) -> str:
    return "" if path is None else os.fspath(path)


def _escaped(html: str) -> str:
    return html.replace("&", "&amp;").replace('"', "&quot;")
