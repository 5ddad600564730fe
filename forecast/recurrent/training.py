"""Training: epoch after epoch, until the schedule, patience or Ctrl-C ends it.

The losses of each epoch are logged (INFO) by the logger ``forecast.recurrent.training``.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from forecast.exceptions import FitInterrupted, InputError
from forecast.recurrent.architecture import Architecture, Weights, initial_weights
from forecast.recurrent.samples import Samples
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.trainer import Trainer, trainer_of

_log = logging.getLogger(__name__)
# Steps through batches, over all epochs, from which compiling pays: most fits train twice.
_COMPILED_FROM = 6_000

Validation = Callable[[list[Weights]], float]
History = list[dict[str, float]]


def train(
    architecture: Architecture,
    samples: Samples,
    schedule: Schedule,
    seed: int,
    validate: Validation | None = None,
    places: np.ndarray | None = None,
) -> tuple[list[Weights], History, bool]:
    """Learn the weights of all networks at once.

    Ctrl-C ends the training: what the last whole epoch (with a validation part, the best one) has
    learned is kept.

    Parameters
    ----------
    architecture : Architecture
    samples : Samples
    schedule : Schedule
    seed : int
    validate : callable, optional
        Returns the loss of given weights on the validation part; the best weights are kept.
    places : array of int, optional
        The samples to learn from, all by default. What was compiled for some of them serves for all
        of them.

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
    batches = -(-len(samples) // schedule.batch_size)
    steps = batches * schedule.epochs * architecture.steps
    trainer = trainer_of(architecture, schedule.loss, schedule.dropout, steps >= _COMPILED_FROM)
    if places is None:
        places = np.arange(len(samples))
    with trainer.lock:
        return _train(trainer, samples, schedule, seed, validate, places)


def _train(
    trainer: Trainer,
    samples: Samples,
    schedule: Schedule,
    seed: int,
    validate: Validation | None,
    places: np.ndarray,
) -> tuple[list[Weights], History, bool]:
    """Learn with a trainer that no other fit uses meanwhile."""
    trainer.reset(_initial_members(trainer.architecture, seed))
    best = _BestWeights(trainer.weights())
    history: History = []
    complete = True
    try:
        for record, weights in _epochs(trainer, samples, schedule, seed, places):
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
            stacklevel=3,
        )
    return best.weights, history, complete


def _initial_members(architecture: Architecture, seed: int) -> list[Weights]:
    """Draw the weights that each network begins with.

    Each has a generator of its own: it begins as it would in a smaller ensemble.
    """
    members = []
    for number in range(architecture.members):
        rng = np.random.default_rng([seed, number])
        members.append(initial_weights(architecture, rng))
    return members


def _epochs(
    trainer: Trainer, samples: Samples, schedule: Schedule, seed: int, places: np.ndarray
) -> Iterator[tuple[dict[str, float], list[Weights]]]:
    """Go through the epochs, each in an order of its own; yield its loss and the weights then."""
    resident = trainer.resident(samples)
    rng = np.random.default_rng(seed)
    for epoch in range(schedule.epochs):
        order = rng.permutation(places)
        loss = trainer.epoch(resident, order, len(samples), schedule, epoch, seed)
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
