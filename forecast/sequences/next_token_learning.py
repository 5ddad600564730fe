"""Learning the next token: n-grams, a network, and the share of each."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from forecast.recurrent.architecture import Weights
from forecast.recurrent.schedule import Schedule
from forecast.sequences.generator_network import TokenNetwork
from forecast.sequences.held_out import Pieces, parted
from forecast.sequences.kneser_ney import KneserNey, fit_kneser_ney
from forecast.sequences.next_token import NextTokenModel
from forecast.sequences.shares import best_share
from forecast.sequences.vocabulary import BEGIN, PAD

History = list[dict[str, float]]


def learn_next_token(
    generator: Any, codes: np.ndarray, lengths: np.ndarray, known: np.ndarray, n_tokens: int
) -> tuple[NextTokenModel, History]:
    """Learn both parts of a model, as the parameters of a generator say.

    Parameters
    ----------
    generator : SequenceGenerator
    codes : array of shape (sum of lengths,)
        The tokens of all sequences in one row, with their beginnings and ends.
    lengths : array of shape (sequences,)
    known : array of shape (sequences, features)
        The conditions.
    n_tokens : int

    Returns
    -------
    model : NextTokenModel
    history : list of dict
        The losses of the network's epochs.
    """
    counted = None
    if generator.order:
        counted = _counted(codes, lengths, generator.order, n_tokens)
    if not generator.epochs:
        return NextTokenModel(counted), []

    seed = int(check_random_state(generator.random_state).randint(2**31 - 1))
    if counted is None and generator.patience is None:
        # Nothing is to be chosen, and so nothing is held out.
        whole = Pieces(codes, lengths, np.arange(len(lengths)), np.ones(len(codes), bool))
        return _trained(generator, whole, whole, known, n_tokens, seed)

    rng = np.random.default_rng(seed)
    learned, held_out = parted(codes, lengths, generator.validation_fraction, rng)
    model, history = _trained(generator, learned, held_out, known, n_tokens, seed)
    if counted is None:
        return model, history
    # The n-grams compete by what is counted where the network has learned. What is asked later is
    # answered from all that there is.
    rival = NextTokenModel(_counted(learned.codes, learned.lengths, generator.order, n_tokens))
    share = best_share(judged(model, held_out, known), judged(rival, held_out, known))
    return NextTokenModel(counted, model.network, model.weights, share), history


def judged(model: NextTokenModel, pieces: Pieces, known: np.ndarray) -> np.ndarray:
    """Return the probabilities of the tokens of pieces that are to be told."""
    condition = known[pieces.sequences]
    log_p = model.log_probabilities(pieces.codes, pieces.lengths, condition)
    return np.exp(log_p[pieces.judged])


def _counted(codes: np.ndarray, lengths: np.ndarray, order: int, n_tokens: int) -> KneserNey:
    """Count the n-grams; what has never been counted is equally likely."""
    may_follow = np.ones(n_tokens)
    may_follow[[PAD, BEGIN]] = 0
    return fit_kneser_ney(codes, lengths, order, may_follow / may_follow.sum())


def _trained(
    generator: Any,
    learned: Pieces,
    held_out: Pieces,
    known: np.ndarray,
    n_tokens: int,
    seed: int,
) -> tuple[NextTokenModel, History]:
    """Train the network alone; what is held out ends the training where there is a patience."""
    from forecast.sequences.generator_training import train_tokens

    network = TokenNetwork(
        cell=generator.cell,
        units=generator.units,
        layers=generator.layers,
        tokens=n_tokens,
        embedding=generator.embedding,
        features=known.shape[1],
    )

    def validate(members: list[Weights]) -> float:
        model = NextTokenModel(None, network, members[0], 1.0)
        return -float(np.log(judged(model, held_out, known)).mean())

    weights, history = train_tokens(
        network,
        learned,
        known[learned.sequences],
        Schedule.of(generator),
        seed,
        timesteps=generator.timesteps,
        dropout=generator.dropout,
        validate=None if generator.patience is None else validate,
    )
    return NextTokenModel(None, network, weights, 1.0), history
