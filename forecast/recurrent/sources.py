"""Where an epoch gathers its samples from: tables that TensorFlow holds, or rows read on the way.

A table in memory is loaded once for a fit, and no sample is ever stored. Of `UnreadRows` the
samples of some batches are read together, as tables of their own; then those of the next ones take
their place. The function of an epoch is the same for both, and so is what is learned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from forecast.recurrent.backend import tf
from forecast.tables.windows import Slices, UnreadRows

_BLOCK = 2**22  # numbers that are read at once, about


class Resident(NamedTuple):
    """What samples are gathered from.

    A sample's part is `lengths` rows of a table from one of `starts` on.
    """

    tables: list[Any]
    starts: list[Any]
    lengths: tuple[int, ...]
    weights: Any


class Block(NamedTuple):
    """Some batches of an epoch.

    Parameters
    ----------
    resident : Resident
    order : array of int, of shape (batches, batch size)
        The samples in the order in which they come, with any others behind them.
    n_samples : int
        How many there are.
    """

    resident: Resident
    order: np.ndarray
    n_samples: int


class Loaded:
    """Tables that are loaded as a whole, each once: an epoch is one block.

    Parameters
    ----------
    parts : sequence of Slices
        What the samples are made of.
    weights : array of shape (samples,), optional
    """

    def __init__(self, parts: Sequence[Slices], weights: np.ndarray | None):
        self.resident = _resident(parts, weights)

    def blocks(self, order: np.ndarray, batch_size: int, batches: int) -> Iterator[Block]:
        """Part the samples of `order` into blocks of whole batches, of which there are so many."""
        padded = _padded(order, batches * batch_size, np.int32)
        yield Block(self.resident, padded.reshape(batches, batch_size), len(order))


class Streamed:
    """Tables of which no more is read at once than the samples of some batches.

    Parameters
    ----------
    parts, weights
        As in `Loaded`.
    """

    def __init__(self, parts: Sequence[Slices], weights: np.ndarray | None):
        self.parts = parts
        self.weights = weights

    def blocks(self, order: np.ndarray, batch_size: int, batches: int) -> Iterator[Block]:
        """Part the samples of `order` into blocks, as `Loaded.blocks`."""
        numbers = batch_size * sum(part.length * part.rows.shape[1] for part in self.parts)
        size = batch_size * min(batches, max(1, _BLOCK // numbers))
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            # All blocks are of one shape, the last one too.
            parts = [_gathered(part, chosen, size) for part in self.parts]
            weights = None if self.weights is None else _padded(self.weights[chosen], size, float)
            places = np.arange(size, dtype=np.int32).reshape(-1, batch_size)
            yield Block(_resident(parts, weights), places, len(chosen))


def source_of(parts: Sequence[Slices], weights: np.ndarray | None = None) -> Loaded | Streamed:
    """Return where to gather samples from."""
    is_unread = any(isinstance(part.rows, UnreadRows) for part in parts)
    return Streamed(parts, weights) if is_unread else Loaded(parts, weights)


def padded_length(n: int) -> int:
    """Round up to three significant binary digits: at most a quarter more."""
    step = 1 << max(0, n.bit_length() - 3)
    return -(-n // step) * step


def _gathered(part: Slices, samples: np.ndarray, n: int) -> Slices:
    """Read the runs of some samples into a table of their own, with room for n of them."""
    runs = part[samples]  # (samples, length, channels)
    table = _padded(runs, n, runs.dtype).reshape(n * part.length, -1)
    return Slices(table, part.length * np.arange(n), part.length)


def _resident(parts: Sequence[Slices], weights: np.ndarray | None) -> Resident:
    """Load what the samples are made of, each table once, and their weights."""
    tables: dict[int, Any] = {}
    for part in parts:
        if id(part.rows) not in tables:
            tables[id(part.rows)] = _load(part.rows, _kind(part.rows))
    return Resident(
        tables=[tables[id(part.rows)] for part in parts],
        starts=[_load(part.starts, np.int32) for part in parts],
        lengths=tuple(part.length for part in parts),
        weights=None if weights is None else _load(weights, np.float32),
    )


def _kind(rows: Any) -> type:
    """Return the kind of number of a table in TensorFlow: tokens stay whole numbers."""
    return np.int32 if rows.dtype.kind in "iu" else np.float32


def _load(values: Any, kind: type) -> Any:
    """Hand values to TensorFlow, padded to one of few sizes."""
    return tf.constant(_padded(values, padded_length(len(values)), kind))


def _padded(values: np.ndarray, n: int, kind: Any) -> np.ndarray:
    """Return the values with zeros behind them, n in all."""
    padded = np.zeros((n, *values.shape[1:]), dtype=kind)
    padded[: len(values)] = values
    return padded
