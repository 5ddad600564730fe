"""How long and how fast to learn."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Schedule:
    """What training needs beside the architecture; the names are the estimators' own arguments.

    Parameters
    ----------
    loss : {"mae", "mse", "huber", "quantile"}
    dropout : float
    epochs, batch_size : int
    learning_rate : float
        Of Adam at the beginning; it falls to 0 along a cosine.
    patience : int or None
    """

    loss: str
    dropout: float
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int | None

    @classmethod
    def of(cls, estimator: Any) -> Schedule:
        """Collect the arguments of an estimator that say how to learn."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: getattr(estimator, name) for name in names})
