"""Learning the network beside the closed form, and the share of each in the probabilities.

The share has the least log loss on what neither has seen: the closed form's rows left out, and for
the network folds of the sequences. So a network that has only learned by heart gets no share. Then
it is learned again from all sequences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold

from forecast.exceptions import InputError
from forecast.recurrent.architecture import Architecture, Weights
from forecast.recurrent.schedule import Schedule
from forecast.sequences.classifier_network import SequenceNetwork, patch_for
from forecast.sequences.intake import Sequences
from forecast.sequences.reservoir import UnitInputs
from forecast.sequences.shares import best_share, mixed

FOLDS = 3

_DECAY = 0.01


class Rows(NamedTuple):
    """What is classified: sequences, or their timesteps, that have a label and a weight.

    Parameters
    ----------
    sequences : Sequences
        Those that have such rows.
    samples : array of shape (rows of the sequences,)
        Which sequence each of all their rows is of.
    used : array of shape (rows of the sequences,)
        Which of all their rows have a label and a weight.
    labels : array of shape (used rows,)
        Places in the classes.
    weight : array of shape (used rows,)
    groups : array of shape (used rows,)
        Rows that tell of one another have the same number.
    """

    sequences: Sequences
    samples: np.ndarray
    used: np.ndarray
    labels: np.ndarray
    weight: np.ndarray
    groups: np.ndarray


class LearnedNetwork(NamedTuple):
    """What was learned beside the closed form.

    Parameters
    ----------
    network : SequenceNetwork
    weights : list of dicts of arrays
    history : list of dict
    share : float
        Of the network, from 0 to 1.
    held_out : array of shape (used rows, classes)
        The probabilities of both, with this share, of rows that neither had seen.
    """

    network: SequenceNetwork
    weights: list[Weights]
    history: list[dict[str, float]]
    share: float
    held_out: np.ndarray


def learn_network(
    classifier: Any,
    network: SequenceNetwork,
    inputs: UnitInputs,
    rows: Rows,
    rival: np.ndarray,
    seed: int,
) -> LearnedNetwork:
    """Learn a network, and its share beside the closed form.

    After Ctrl-C, what was learned of a fold is kept, and its share is chosen on what is held out of
    the folds so far.

    Parameters
    ----------
    classifier : LSTMClassifier
        Its parameters say how to learn.
    network : SequenceNetwork
    inputs : UnitInputs
    rows : Rows
    rival : array of shape (used rows, classes)
        The probabilities of the closed form, each row left out.
    seed : int

    Returns
    -------
    LearnedNetwork
    """
    from forecast.sequences.classifier_training import train_network

    values, lengths = network.read(inputs, rows.sequences, np.float32)
    labels, weight = _in_samples(network, rows)
    schedule = Schedule(
        classifier.epochs, classifier.batch_size, classifier.learning_rate, None, _DECAY
    )

    def learn(places: np.ndarray) -> tuple[list[Weights], list[dict[str, float]], bool]:
        return train_network(
            network, values, lengths, labels, weight, classifier.dropout, schedule, seed, places
        )

    held_out = np.full((len(rows.used), rival.shape[1]), np.nan)
    complete = True
    for learned, asked in _folds(network, rows, seed):
        members, history, complete = learn(learned)
        answers = network.probabilities(members, inputs, rows.sequences.keep(asked))
        held_out[np.isin(rows.samples, asked)] = answers
        if not complete:
            break
    answers = held_out[rows.used]
    share = _share(answers, rival, rows)
    if complete:
        members, history, _ = learn(np.arange(len(rows.sequences)))
    both = np.where(np.isnan(answers), rival, mixed(answers, rival, share))
    return LearnedNetwork(network, members, history, share, both)


def check_folds(classes: np.ndarray, rows: Rows, of_timesteps: bool, epochs: int) -> None:
    """Refuse sequences that are too few to hold some of each class out."""
    remedy = f"Pass more, or epochs=0 instead of {epochs}."
    if of_timesteps:
        if len(rows.sequences) < FOLDS:
            raise InputError(
                f"{len(rows.sequences)} sequences have labels; the share of the network is chosen "
                f"on {FOLDS} folds of them. {remedy}"
            )
        return
    counts = np.bincount(rows.labels)
    if counts.min() < FOLDS:
        rarest = classes[counts.argmin()].tolist()
        raise InputError(
            f"class {rarest!r} has {counts.min()} samples; the share of the network is chosen on "
            f"{FOLDS} folds, with one of each class at least. {remedy}"
        )


def network_for(
    classifier: Any, inputs: UnitInputs, rows: Rows, classes: int, of_timesteps: bool
) -> SequenceNetwork:
    """Return the network that a classifier's parameters describe, for these sequences."""
    longest = rows.sequences.values.shape[1]
    tokens = inputs.vocabulary > 0
    # Where each timestep has a label or is a token, each is a step.
    patch = 1 if tokens or of_timesteps else patch_for(longest)
    architecture = Architecture(
        cell=classifier.cell,
        units=classifier.units,
        layers=classifier.layers,
        timesteps=-(-longest // patch) * patch,
        channels=inputs.vocabulary or inputs.channels,
        outputs=classes,
        patch=patch,
        bidirectional=classifier.bidirectional,
        members=classifier.ensemble,
    )
    pooling = None if of_timesteps else classifier.pooling
    return SequenceNetwork(architecture, tokens, pooling)


def _in_samples(network: SequenceNetwork, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and weights in the order of the sequences, (samples, 1 or steps)."""
    samples = len(rows.sequences)
    steps = 1 if network.pooling else rows.sequences.values.shape[1]
    labels = np.zeros((samples, steps), np.int32)
    weight = np.zeros((samples, steps))
    live = rows.sequences.live() if steps > 1 else np.ones((samples, 1), bool)
    places = tuple(place[rows.used] for place in np.nonzero(live))
    labels[places] = rows.labels
    weight[places] = rows.weight
    return labels, weight


def _folds(
    network: SequenceNetwork, rows: Rows, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the sequences to learn from and those to ask, as often as there are folds."""
    samples = np.arange(len(rows.sequences))
    if network.pooling:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        yield from folds.split(samples, rows.labels)
    else:
        yield from KFold(FOLDS, shuffle=True, random_state=seed).split(samples)


def _share(answers: np.ndarray, rival: np.ndarray, rows: Rows) -> float:
    """Return the share of the network; rows that no fold has held out do not count."""
    known = ~np.isnan(answers[:, 0])
    actual = np.flatnonzero(known), rows.labels[known]
    return best_share(answers[actual], rival[actual], rows.weight[known])
