"""Parametric CMS-like detector: tracks below 220 GeV, ECAL cells of 0.0175, HCAL cells of 0.022.

Particles travel as one flat structure of arrays, `Particles`, with the index of their event.
Energies and momenta in GeV, angles in radians; no magnetic field.
"""

from typing import NamedTuple

import numpy as np

ETA_MAX = 3.0
TRACK_PT_MAX = 220.0
ECAL_CELL = 0.0175
HCAL_CELL = 0.022
NEUTRINOS = (12, 14, 16)
LEPTONS = (11, 13)
PHOTON = 22
CHARGED_HADRONS = (211, 321, 2212, 3112, 3222, 3312, 3334)


class Particles(NamedTuple):
    """Flat arrays of shape (particles,): event index and four-momentum in GeV."""

    event: np.ndarray
    px: np.ndarray
    py: np.ndarray
    pz: np.ndarray
    energy: np.ndarray

    def select(self, mask):
        """The particles where the boolean `mask`, shape (particles,), holds."""
        return Particles(*(column[mask] for column in self))


def transverse(particles):
    """(pT in GeV, eta, phi), each of shape (particles,)."""
    pt = np.hypot(particles.px, particles.py)
    eta = np.arcsinh(particles.pz / np.maximum(pt, 1e-12))
    return pt, eta, np.arctan2(particles.py, particles.px)


def track_resolution(pt):
    """Relative resolution of a track of `pt` GeV."""
    return np.hypot(0.00025 * pt, 0.015)


def ecal_resolution(energy):
    """Relative resolution of an electromagnetic cell of `energy` GeV."""
    return np.sqrt(0.027**2 * 1.6 / energy + (0.24 / energy) ** 2 + 0.005**2)


def hcal_resolution(energy):
    """Relative resolution of a hadronic cell of `energy` GeV."""
    return np.sqrt(1.20**2 * 7.0 / energy + 0.05**2)


def response(relative, rng):
    """Random factors around 1 with standard deviation `relative`, never below 1e-10."""
    return np.maximum(1e-10, rng.normal(1.0, relative))


def smear_tracks(tracks, rng):
    """Scale each four-momentum by its track response."""
    factor = response(track_resolution(transverse(tracks)[0]), rng)
    return Particles(tracks.event, *(column * factor for column in tracks[1:]))


def cell_centres(particles, size):
    """Energies summed in (eta, phi) cells: (event, energy in GeV, eta, phi) of the hit cells."""
    _, eta, phi = transverse(particles)
    index = [particles.event, np.floor(eta / size), np.floor(phi / size)]
    cells, inverse = np.unique(np.stack(index).astype(np.int64), axis=1, return_inverse=True)
    energy = np.bincount(inverse.reshape(-1), weights=particles.energy)
    return cells[0], energy, (cells[1] + 0.5) * size, (cells[2] + 0.5) * size


def measure_cells(particles, size, resolution, rng):
    """Massless towers at the cell centres with smeared energies."""
    event, energy, eta, phi = cell_centres(particles, size)
    energy = energy * response(resolution(energy), rng)
    pt = energy / np.cosh(eta)
    return Particles(event, pt * np.cos(phi), pt * np.sin(phi), pt * np.sinh(eta), energy)


def detect(particles, pdg_id, rng):
    """Measured objects of the visible `particles`, sorted by event.

    `pdg_id`: int array of shape (particles,); `rng`: numpy Generator.
    """
    kind = np.abs(pdg_id)
    pt, eta, _ = transverse(particles)
    seen = (np.abs(eta) < ETA_MAX) & ~np.isin(kind, NEUTRINOS)
    track = np.isin(kind, LEPTONS) | (np.isin(kind, CHARGED_HADRONS) & (pt < TRACK_PT_MAX))
    photon = kind == PHOTON
    parts = (
        smear_tracks(particles.select(seen & track), rng),
        measure_cells(particles.select(seen & photon), ECAL_CELL, ecal_resolution, rng),
        measure_cells(particles.select(seen & ~track & ~photon), HCAL_CELL, hcal_resolution, rng),
    )
    merged = Particles(*(np.concatenate(columns) for columns in zip(*parts)))
    return merged.select(np.argsort(merged.event, kind="stable"))
