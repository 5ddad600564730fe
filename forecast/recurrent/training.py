"""Training: epoch after epoch, until the schedule, patience or Ctrl-C ends it.

The losses of each epoch are logged (INFO) by the logger ``forecast.recurrent.training``.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from forecast.exceptions import FitInterrupted, InputError
from forecast.recurrent.architecture import Weights
from forecast.recurrent.objective import Objective
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.sources import Loaded, Streamed, source_of
from forecast.recurrent.trainer import Trainer, trainer_of
from forecast.tables.windows import Slices

_log = logging.getLogger(__name__)
# Steps through batches, over all epochs, from which compiling pays: most fits train twice.
_COMPILED_FROM = 6_000

Validation = Callable[[list[Weights]], float]
History = list[dict[str, float]]


def train(
    objective: Objective,
    parts: Sequence[Slices],
    schedule: Schedule,
    seed: int,
    validate: Validation | None = None,
    places: np.ndarray | None = None,
    sample_weight: np.ndarray | None = None,
    in_order: bool = False,
) -> tuple[list[Weights], History, bool]:
    """Learn the weights of all networks at once.

    Ctrl-C ends the training: what the last whole epoch (with a validation part, the best one) has
    learned is kept.

    Parameters
    ----------
    objective : Objective
    parts : sequence of Slices
        What the samples are made of, as the objective's losses read it; tables of whole numbers
        stay so.
    schedule : Schedule
    seed : int
    validate : callable, optional
        Returns the loss of given weights on the validation part; the best weights are kept.
    places : array of int, optional
        The samples to learn from, all by default. What was compiled for some of them serves for all
        of them.
    sample_weight : array of shape (samples,), optional
    in_order : bool, default=False
        Whether the samples come in the order of `places` in each epoch, not in one of its own:
        where they follow one another in time, and a state is carried from batch to batch.

    Returns
    -------
    members : list of dicts of arrays
        The weights of each network.
    history : list of dict
        Per epoch: ``loss`` and, with a validation part, ``validation_loss``.
    complete : bool
        Whether the training came to its end; False after Ctrl-C, of which `FitInterrupted` warns.

    Raises
    ------
    ValueError
        If the loss is no longer a number.
    """
    samples = schedule.samples(len(parts[0]))
    batches = -(-samples // schedule.batch_size)
    steps = batches * schedule.epochs * objective.steps
    trainer = trainer_of(objective, schedule.decay, steps >= _COMPILED_FROM)
    if places is None:
        places = np.arange(len(parts[0]))
    with trainer.lock:
        trainer.reset(_initial_members(objective, seed))
        source = source_of(parts, sample_weight)
        orders = _orders(places, schedule, seed, in_order)
        epochs = _epochs(trainer, source, orders, samples, schedule, seed)
        return _learn(trainer, epochs, schedule, validate)


def _learn(
    trainer: Trainer,
    epochs: Iterator[tuple[dict[str, float], list[Weights]]],
    schedule: Schedule,
    validate: Validation | None,
) -> tuple[list[Weights], History, bool]:
    """Go through the epochs, with a trainer that no other fit uses meanwhile."""
    best = _BestWeights(trainer.weights())
    history: History = []
    complete = True
    try:
        for record, weights in epochs:
            if validate is not None:
                record["validation_loss"] = validate(weights)
            best.compare(weights, record.get("validation_loss"))
            history.append(record)
            _log_losses(history, schedule)
            # Patience is the number of epochs in a row that may bring nothing better.
            if schedule.patience is not None and best.epochs_since > schedule.patience:
                break
    except KeyboardInterrupt:
        # Before the first epoch has ended there is nothing to keep.
        if not history:
            raise
        complete = False
        # The stack level is that of the estimator's line.
        warnings.warn(
            f"Ctrl-C: the training ends after {len(history)} of {schedule.epochs} epochs; "
            "the best weights are kept.",
            FitInterrupted,
            stacklevel=4,
        )
    return best.weights, history, complete


def _initial_members(objective: Objective, seed: int) -> list[Weights]:
    """Draw the weights that each network begins with.

    Each has a generator of its own: it begins as it would in a smaller ensemble.
    """
    members = []
    for number in range(objective.members):
        rng = np.random.default_rng([seed, number])
        members.append(objective.initial_weights(rng))
    return members


def _orders(
    places: np.ndarray, schedule: Schedule, seed: int, in_order: bool
) -> Iterator[np.ndarray]:
    """Yield which samples are learned from in each epoch, in which order."""
    rng = np.random.default_rng(seed)
    samples = schedule.samples(len(places))
    for _ in range(schedule.epochs):
        if in_order:
            yield places
        elif samples < len(places):
            yield places[rng.choice(len(places), samples, replace=False)]
        else:
            yield rng.permutation(places)


def _epochs(
    trainer: Trainer,
    source: Loaded | Streamed,
    orders: Iterator[np.ndarray],
    among: int,
    schedule: Schedule,
    seed: int,
) -> Iterator[tuple[dict[str, float], list[Weights]]]:
    """Go through the epochs; yield the loss of each and the weights then."""
    for epoch, order in enumerate(orders):
        loss = trainer.epoch(source, order, among, schedule, epoch, seed)
        if not np.isfinite(loss):
            raise InputError(
                f"the loss is no longer a number in epoch {epoch + 1}.",
                f"Lower learning_rate={schedule.learning_rate}.",
                "Choose another model.",
            )
        yield {"loss": loss}, trainer.weights()


class _BestWeights:
    """The weights with the least validation loss so far; without validation, the last ones."""

    def __init__(self, weights: list[Weights]):
        self.weights = weights
        self.loss = np.inf
        self.epochs_since = 0

    def compare(self, weights: list[Weights], loss: float | None) -> None:
        """Keep the weights of a further epoch if they are better."""
        if loss is None:
            self.weights = weights
        elif loss < self.loss:
            self.weights = weights
            self.loss = loss
            self.epochs_since = 0
        else:
            self.epochs_since += 1


def _log_losses(history: History, schedule: Schedule) -> None:
    """Log how far the training is; the command line draws its bar from the three arguments."""
    losses = " ".join(f"{name} {value:.4g}" for name, value in history[-1].items())
    _log.info("epoch %d/%d %s", len(history), schedule.epochs, losses)
