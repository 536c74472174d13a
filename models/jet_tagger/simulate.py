"""Simulate 1 TeV jets of five classes with Pythia 8 and FastJet and write their features.

Run from the repository root: `python -m models.jet_tagger.simulate --per-class N --out DIR`.
Each file `DIR/<class>_<chunk>.npy` holds 1,000 jets as float32 of shape (1000, 16), from its own
seed, so that a split by file never shares an event. Finished files are kept: a second run goes on.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from multiprocessing import Pool
from pathlib import Path

import awkward as ak
import fastjet
import numpy as np
import vector

from models.jet_tagger.data import CLASSES
from models.jet_tagger.detector import Particles, detect
from models.jet_tagger.features import jet_features

with contextlib.chdir(Path(__file__).parent):
    import pythia8mc  # runs every file of a folder `python/` in the working directory, if any

vector.register_awkward()

JETS_PER_CHUNK = 1000
EVENTS_PER_BATCH = 200
PT_WINDOW = (950.0, 1050.0)
MATCH_RADIUS = 0.4
PARTONS = slice(5, 7)  # the two outgoing particles of the hard process in Pythia's record
ANTI_KT = fastjet.JetDefinition(fastjet.antikt_algorithm, 0.8)

COMMON = ("Print:quiet = on", "PartonLevel:MPI = off", "Random:setSeed = on")
BEAMS = (
    "Beams:eCM = 13000.",
    "PhaseSpace:pTHatMin = 990.",
    "PhaseSpace:pTHatMax = 1010.",
    "PhaseSpace:useBreitWigners = off",
)
W_DECAYS = ("24:onMode = off", "24:onIfAny = 1 2 3 4 5")
Z_DECAYS = ("WeakZ0:gmZmode = 2", "23:onMode = off", "23:onIfAny = 1 2 3 4 5")
PROCESSES = {
    "g": ("HardQCD:gg2gg = on", "HardQCD:qqbar2gg = on"),
    "q": (
        "HardQCD:qq2qq = on",
        "HardQCD:gg2qqbar = on",
        "HardQCD:qqbar2qqbarNew = on",
        "HardQCD:nQuarkNew = 3",
    ),
    "w": ("WeakDoubleBoson:ffbar2WW = on", *W_DECAYS),
    "z": ("WeakDoubleBoson:ffbar2gmZgmZ = on", *Z_DECAYS),
    "t": ("Top:gg2ttbar = on", "Top:qqbar2ttbar = on", *W_DECAYS),
}
BARE = ("PartonLevel:all = off", "HadronLevel:all = off", "ProcessLevel:resonanceDecays = off")


def start(settings, seed):
    """An initialised Pythia instance."""
    pythia = pythia8mc.Pythia("", False)
    for line in (*COMMON, f"Random:seed = {seed}", *settings):
        if not pythia.readString(line):
            raise ValueError(f"Pythia refuses the setting '{line}'")
    if not pythia.init():
        raise RuntimeError("Pythia does not initialise")
    return pythia


def lhe_particle(particle, status):
    """One particle line of a Les Houches event."""
    colours = f"{particle.col()} {particle.acol()}"
    momentum = f"{particle.px():.10e} {particle.py():.10e} {particle.pz():.10e} {particle.e():.10e}"
    mothers = "0 0" if status < 0 else "1 2"
    return f"{particle.id()} {status} {mothers} {colours} {momentum} {particle.m():.10e} 0 9"


def lhe_event(pythia):
    """The hard 2 -> 2 process of the current event as a Les Houches block."""
    particles = [pythia.process[i] for i in range(3, 7)]
    lines = [lhe_particle(p, -1 if i < 2 else 1) for i, p in enumerate(particles)]
    info = pythia.infoPython()
    head = f"4 1 1 {info.QFac():.10e} {info.alphaEM():.8e} {info.alphaS():.8e}"
    return "\n".join(["<event>", head, *lines, "</event>\n"])


def write_undecayed(path, settings, seed, events):
    """Write `events` hard processes with undecayed bosons: their later decays are isotropic."""
    pythia = start((*BEAMS, *BARE, *settings), seed)
    with open(path, "w", encoding="ascii") as file:
        file.write('<LesHouchesEvents version="1.0">\n<init>\n')
        file.write("2212 2212 6.5e3 6.5e3 0 0 0 0 3 1\n1 0 1 9999\n</init>\n")
        written = 0
        while written < events:
            if pythia.next():
                file.write(lhe_event(pythia))
                written += 1
        file.write("</LesHouchesEvents>\n")


def generator(name, seed, folder):
    """Pythia for class `name`; W and Z are read from a Les Houches file written in `folder`."""
    if name not in ("w", "z"):
        return start((*BEAMS, *PROCESSES[name]), seed)
    path = os.path.join(folder, f"{name}.lhe")
    write_undecayed(path, PROCESSES[name], seed, 3 * JETS_PER_CHUNK)
    decays = W_DECAYS if name == "w" else Z_DECAYS
    return start(("Beams:frameType = 4", f"Beams:LHEF = {path}", *decays), seed)


def flatten(events):
    """Final-state particles of a Pythia batch as (Particles, pdg_id)."""
    final = events.prt[events.prt.status > 0]
    index = np.repeat(np.arange(len(final)), ak.to_numpy(ak.num(final)))
    flat = ak.flatten(final)
    columns = [ak.to_numpy(flat.p[axis]) for axis in ("px", "py", "pz", "e")]
    return Particles(index, *columns), ak.to_numpy(flat.id)


def to_awkward(objects, events):
    """`Particles` sorted by event as an awkward array events * var * Momentum4D."""
    counts = np.bincount(objects.event, minlength=events)
    fields = dict(zip(("px", "py", "pz", "E"), objects[1:]))
    return ak.unflatten(ak.zip(fields, with_name="Momentum4D"), counts)


def select_jets(objects, partons):
    """Constituents of the anti-kt 0.8 jets in the pT window and near a parton, one list per jet."""
    sequence = fastjet.ClusterSequence(objects, ANTI_KT)
    jets = ak.with_name(sequence.inclusive_jets(min_pt=PT_WINDOW[0]), "Momentum4D")
    pairs = ak.cartesian([jets, partons], axis=1, nested=True)
    left, right = ak.unzip(pairs)
    near = ak.any(left.deltaR(right) < MATCH_RADIUS, axis=2)
    return ak.flatten(sequence.constituents(min_pt=PT_WINDOW[0])[near & (jets.pt < PT_WINDOW[1])])


def batch_features(pythia, rng):
    """Features of the accepted jets of the next batch, shape (jets, 16)."""
    events = pythia.nextBatch(EVENTS_PER_BATCH)
    objects = to_awkward(detect(*flatten(events), rng), len(events))
    hard = events.prt[:, PARTONS].p
    fields = {"px": hard.px, "py": hard.py, "pz": hard.pz, "E": hard.e}
    return jet_features(select_jets(objects, ak.zip(fields, with_name="Momentum4D")))


def simulate_chunk(name, seed):
    """`JETS_PER_CHUNK` jets of class `name`, float32 of shape (1000, 16)."""
    rng = np.random.default_rng(seed)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        pythia = generator(name, seed, folder)
        while sum(map(len, rows)) < JETS_PER_CHUNK:
            rows.append(batch_features(pythia, rng))
    return np.concatenate(rows)[:JETS_PER_CHUNK].astype(np.float32)


def chunk_seed(name, chunk):
    """Random seed of one file: distinct for every class and chunk below 100,000."""
    return 1 + 100_000 * CLASSES.index(name) + chunk


def make_file(task):
    """Simulate and store one (folder, class, chunk); returns (class, chunk, seconds)."""
    folder, name, chunk = task
    begin = time.monotonic()
    rows = simulate_chunk(name, chunk_seed(name, chunk))
    path = folder / f"{name}_{chunk:04d}.npy"
    np.save(path.with_suffix(".part.npy"), rows)
    os.replace(path.with_suffix(".part.npy"), path)
    return name, chunk, time.monotonic() - begin


def run(folder, per_class, jobs):
    """Make the missing files, all classes of one chunk before the next, with progress."""
    chunks = -(-per_class // JETS_PER_CHUNK)
    tasks = [(folder, name, chunk) for chunk in range(chunks) for name in CLASSES]
    missing = [t for t in tasks if not (folder / f"{t[1]}_{t[2]:04d}.npy").exists()]
    print(f"{len(tasks) - len(missing)} of {len(tasks)} files are there", file=sys.stderr)
    with Pool(jobs, maxtasksperchild=5) as pool:
        for done, (name, chunk, seconds) in enumerate(pool.imap_unordered(make_file, missing), 1):
            rate = JETS_PER_CHUNK / seconds
            line = f"[{done}/{len(missing)}] {name}_{chunk:04d}.npy {rate:.0f} jets/s"
            print(line, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--per-class", type=int, default=35_000, help="rounded up to thousands")
    parser.add_argument("--out", type=Path, required=True, help="folder outside the repository")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    run(arguments.out, arguments.per_class, arguments.jobs)


if __name__ == "__main__":
    main()
