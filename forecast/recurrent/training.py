"""Training: epoch after epoch, until the schedule, patience or Ctrl-C ends it.

The losses of each epoch are logged (INFO) by the logger ``forecast.recurrent.training``.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable

import numpy as np

from forecast.exceptions import FitInterrupted
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
    whole : bool
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
    architecture = trainer.architecture
    # Each network has a generator of its own: it begins as it would in a smaller ensemble.
    generators = [np.random.default_rng([seed, m]) for m in range(architecture.members)]
    trainer.reset([initial_weights(architecture, generator) for generator in generators])
    resident = trainer.resident(samples)
    best = _BestWeights(trainer.weights())
    history: History = []
    rng = np.random.default_rng(seed)
    try:
        for epoch in range(schedule.epochs):
            order = rng.permutation(places)
            loss = trainer.epoch(resident, order, len(samples), schedule, epoch, seed)
            _check_loss(loss, epoch, schedule)
            record = {"loss": loss}
            weights = trainer.weights()
            if validate is not None:
                record["validation_loss"] = validate(weights)
            best.compare(weights, record.get("validation_loss"))
            history.append(record)
            _log_losses(epoch, record, schedule)
            if schedule.patience is not None and best.epochs_since > schedule.patience:
                break
    except KeyboardInterrupt:
        # Before the first epoch has ended there is nothing to keep.
        if not history:
            raise
        warnings.warn(
            f"Ctrl-C: the training ends after {len(history)} of {schedule.epochs} epochs; "
            "the best weights are kept.",
            FitInterrupted,
            stacklevel=3,
        )
        return best.weights, history, False
    return best.weights, history, True


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


def _check_loss(loss: float, epoch: int, schedule: Schedule) -> None:
    """Refuse a training that has run away."""
    if not np.isfinite(loss):
        raise ValueError(
            f"the loss is no longer a number in epoch {epoch + 1}: lower "
            f"learning_rate={schedule.learning_rate}."
        )


def _log_losses(epoch: int, record: dict[str, float], schedule: Schedule) -> None:
    """Log how far the training is; the command line draws its bar from the three arguments."""
    losses = " ".join(f"{name} {value:.4g}" for name, value in record.items())
    _log.info("epoch %d/%d %s", epoch + 1, schedule.epochs, losses)
