"""The 16 substructure features of OpenML 42468, by FastJet.

The correlators are those of the jet groomed with mMDT (soft drop, beta = 0, z_cut = 0.1); the sum
of z ln z and the multiplicity are those of the whole jet. Definitions: arXiv 1305.0007 (C),
1409.6298 (D) and 1609.07483 (M, N).
"""

import awkward as ak
import fastjet
import numpy as np

WHOLE_JET = fastjet.JetDefinition(fastjet.cambridge_algorithm, 100.0)


def sum_z_log_z(constituents):
    """sum x ln x, x the energy fraction, over all constituents; shape (jets,)."""
    fraction = constituents.E / ak.sum(constituents.E, axis=1)
    return ak.to_numpy(ak.sum(fraction * np.log(fraction), axis=1))


def correlator(cluster, points, angles, beta):
    """Normalised generalised correlator of `points` particles and the `angles` smallest angles."""
    values = cluster.exclusive_jets_energy_correlator(
        njets=1, npoint=points, angles=angles, beta=beta, func="generalized"
    )
    return np.nan_to_num(ak.to_numpy(values))


def pair_fraction(groomed):
    """C1 at beta = 0: the sum of z_i z_j over pairs, (1 - sum z^2) / 2; shape (jets,)."""
    pt = np.hypot(groomed.px, groomed.py)
    z = pt / ak.sum(pt, axis=1)
    return (1.0 - ak.to_numpy(ak.sum(z * z, axis=1))) / 2.0


def ratio(numerator, denominator):
    """Elementwise quotient, 0 where the denominator is 0 (a groomed jet of one particle)."""
    safe = np.where(denominator > 0.0, denominator, 1.0)
    return np.where(denominator > 0.0, numerator / safe, 0.0)


def groomed_features(groomed):
    """C1 (three), C2, D2, D2(1, b), M2 and N2 (two each) of groomed constituents; (jets, 13)."""
    cluster = fastjet.ClusterSequence(groomed, WHOLE_JET)
    e2 = {beta: correlator(cluster, 2, 1, beta) for beta in (1, 2)}
    e3 = {beta: correlator(cluster, 3, 3, beta) for beta in (1, 2)}
    columns = [pair_fraction(groomed), e2[1], e2[2]]
    columns += [ratio(e3[beta], e2[beta] ** 2) for beta in (1, 2)]
    columns += [ratio(e3[beta], e2[beta] ** 3) for beta in (1, 2)]
    columns += [ratio(e3[1], e2[1] ** 3), ratio(e3[1], e2[2] ** 1.5)]
    columns += [ratio(correlator(cluster, 3, 1, beta), e2[beta]) for beta in (1, 2)]
    columns += [ratio(correlator(cluster, 3, 2, beta), e2[beta] ** 2) for beta in (1, 2)]
    return np.stack(columns, axis=1)


def jet_features(constituents):
    """Features in the order of `data.FEATURES`, float64, shape (jets, 16).

    `constituents`: awkward array jets * var * Momentum4D(px, py, pz, E) in GeV.
    """
    jets = fastjet.ClusterSequence(constituents, WHOLE_JET)
    drop = jets.exclusive_jets_softdrop_grooming(njets=1, beta=0.0, symmetry_cut=0.1, R0=0.8)
    groomed = ak.with_name(drop.constituents, "Momentum4D")
    mass = ak.to_numpy(drop.msoftdrop)
    count = ak.to_numpy(ak.num(constituents, axis=1)).astype(np.float64)
    table = [sum_z_log_z(constituents)[:, None], groomed_features(groomed)]
    return np.concatenate([*table, mass[:, None], count[:, None]], axis=1)
