"""Learning the network beside the closed form, and the share of each in the probabilities.

The share has the least log loss on what neither has seen: the closed form's rows left out, and for
the network folds of the sequences. So a network that has only learned by heart gets no share. Then
it is learned again from all sequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold

from forecast.exceptions import InputError
from forecast.recurrent.architecture import Architecture, Weights
from forecast.recurrent.schedule import Schedule
from forecast.sequences.calibration import best_sharpness, doubt_after, probabilities
from forecast.sequences.classifier_network import SequenceNetwork, patch_for
from forecast.sequences.intake import Sequences
from forecast.sequences.reservoir import UnitInputs
from forecast.sequences.shares import best_share, mixed

_FOLDS = 3

_ENOUGH = 500  # sequences held out: no further fold is asked
_DECAY = 0.01
_BATCHES = 400  # over all epochs, where their number is left open
_FEWEST_EPOCHS = 10

History = list[dict[str, float]]


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
    sharpness : float
        What the logarithms of the network's probabilities are multiplied by: below 1 where it is
        too sure of what it has not learned.
    share : float
        Of the network, from 0 to 1.
    held_out : array of shape (used rows, classes)
        The probabilities of both, with this share, of rows that neither had seen.
    """

    network: SequenceNetwork
    weights: list[Weights]
    history: History
    sharpness: float
    share: float
    held_out: np.ndarray


def learn_network(
    classifier: Any,
    epochs: int,
    inputs: UnitInputs,
    rows: Rows,
    rival: np.ndarray,
    of_timesteps: bool,
    seed: int,
) -> LearnedNetwork:
    """Learn a network, and its share beside the closed form.

    After Ctrl-C, what was learned of a fold is kept, and its share is chosen on what the folds have
    held out so far.

    Parameters
    ----------
    classifier : LSTMClassifier
        Its parameters say how to learn.
    epochs : int
    inputs : UnitInputs
    rows : Rows
    rival : array of shape (used rows, classes)
        The probabilities of the closed form, each row left out.
    of_timesteps : bool
        Whether timesteps have labels, not sequences.
    seed : int

    Returns
    -------
    LearnedNetwork
    """
    network = _network_for(classifier, inputs, rows, rival.shape[1], of_timesteps)
    learn = _learner(classifier, epochs, network, inputs, rows, seed)
    held_out = np.full((len(rows.used), rival.shape[1]), np.nan)
    asked_so_far = 0
    for learned, asked in _folds(network, rows, seed):
        members, history, complete = learn(learned)
        scores = network.scores(members, inputs, rows.sequences.keep(asked))
        held_out[np.isin(rows.samples, asked)] = scores
        asked_so_far += len(asked)
        if asked_so_far >= _ENOUGH or not complete:
            break
    if complete:
        members, history, _ = learn(np.arange(len(rows.sequences)))
    sharpness, share, both = _combined(held_out[rows.used], rival, rows)
    return LearnedNetwork(network, members, history, sharpness, share, both)


def _learner(
    classifier: Any,
    epochs: int,
    network: SequenceNetwork,
    inputs: UnitInputs,
    rows: Rows,
    seed: int,
) -> Callable[[np.ndarray], tuple[list[Weights], History, bool]]:
    """Return a function that learns from some of the sequences, and answers as `train` does."""
    from forecast.sequences.classifier_training import LabelledSamples, train_network

    values, lengths = network.read(inputs, rows.sequences, np.float32)
    samples = LabelledSamples(values, lengths, *_in_samples(network, rows))
    schedule = Schedule(
        epochs, classifier.batch_size, classifier.learning_rate, patience=None, decay=_DECAY
    )

    def learn(places: np.ndarray) -> tuple[list[Weights], History, bool]:
        """Learn from the sequences at these places."""
        return train_network(network, samples, classifier.dropout, schedule, seed, places=places)

    return learn


def epochs_for(classifier: Any, rows: Rows, of_timesteps: bool) -> int:
    """Return how often a network goes through the sequences, 0 for none.

    Raises
    ------
    ValueError
        If one is asked for, and some class has too few samples for the folds.
    """
    fault = _too_few(classifier.classes_, rows, of_timesteps)
    if classifier.epochs and fault:
        raise InputError(
            f"{fault}: what the network is worth is seen on {_FOLDS} folds, with one each. "
            f"Pass more, or epochs=0 instead of {classifier.epochs}."
        )
    if classifier.epochs is not None:
        return int(classifier.epochs)
    if classifier.vocabulary_ is None or fault:
        return 0
    batches = -(-len(rows.sequences) // classifier.batch_size)
    return max(_FEWEST_EPOCHS, _BATCHES // batches)


def _too_few(classes: np.ndarray, rows: Rows, of_timesteps: bool) -> str:
    """Say that sequences are too few to hold some of each class out; nothing if they are not."""
    n = len(rows.sequences)
    if of_timesteps:
        return f"the number of sequences with labels is {n}" if n < _FOLDS else ""
    counts = np.bincount(rows.labels)
    rarest = classes[counts.argmin()].tolist()
    return f"class {rarest!r} has {counts.min()} of {n} samples" if counts.min() < _FOLDS else ""


def _network_for(
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
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
        yield from folds.split(samples, rows.labels)
    else:
        yield from KFold(_FOLDS, shuffle=True, random_state=seed).split(samples)


def _combined(scores: np.ndarray, rival: np.ndarray, rows: Rows) -> tuple[float, float, np.ndarray]:
    """Return the network's sharpness and share, and the probabilities that they make.

    They are chosen on the rows that a fold has held out; the others are the closed form's.
    """
    known = ~np.isnan(scores[:, 0])
    labels = rows.labels[known]
    weight = rows.weight[known]
    sharpness, _ = best_sharpness(scores[known], labels, weight)
    network = probabilities(scores[known], sharpness, doubt_after(len(rows.labels)))
    actual = np.arange(len(labels)), labels
    share = best_share(network[actual], rival[known][actual], weight)
    both = rival.copy()
    both[known] = mixed(network, rival[known], share)
    return sharpness, share, both
