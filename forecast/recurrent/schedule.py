"""How long and how fast to learn."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

_FEWEST_BATCHES = 8  # in an epoch over few samples


def batch_size_for(samples: int, most: int) -> int:
    """Return the size of batches: `most`, or less where there are few samples."""
    return min(max(1, samples // _FEWEST_BATCHES), most)


@dataclass(frozen=True)
class Schedule:
    """What training needs beside the architecture; the names are the estimators' own arguments.

    Parameters
    ----------
    epochs, batch_size : int
    learning_rate : float
        Of Adam at the beginning; it falls to 0 along a cosine.
    patience : int or None
    decay : float, default=0
        The share of each weight that a step of rate 1 takes away (Loshchilov & Hutter 2019).
    samples_per_epoch : int, optional
        So many samples, drawn anew, are an epoch, where there are more; by default all are.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    patience: int | None
    decay: float = 0.0
    samples_per_epoch: int | None = None

    def samples(self, n: int) -> int:
        """Return how many of n samples are learned from in an epoch."""
        return min(n, self.samples_per_epoch or n)

    @classmethod
    def of(cls, estimator: Any) -> Schedule:
        """Collect the arguments of an estimator that say how to learn."""
        names = [field.name for field in fields(cls) if hasattr(estimator, field.name)]
        return cls(**{name: getattr(estimator, name) for name in names})
