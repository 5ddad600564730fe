"""What a recurrent network reads: slices of resident tables, gathered where they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.exceptions import InputError
from forecast.tables.windows import Slices

_BLOCK = 2**22  # numbers in the arrays of a block, about


def subsample(n: int, most: int) -> slice | np.ndarray:
    """Choose at most `most` of n places at random, always the same ones.

    At random, since a stride might meet only one hour of the day.
    """
    if n <= most:
        return slice(None)
    rng = np.random.default_rng(0)
    places = rng.choice(n, max(1, most), replace=False)
    return np.sort(places)


@dataclass(frozen=True)
class Samples:
    """Windows, what is known for the steps after them, and their targets, as slices of tables.

    Parameters
    ----------
    windows : tuple of Slices of `timesteps` rows
        Their channels stand beside one another.
    targets : Slices of `outputs` rows with one channel, optional
        To learn from; prediction needs none.
    ahead : Slices of `outputs` rows with what is known for each step, optional
    series : array of shape (samples,), optional
        The number of each sample's series.
    weights : array of shape (samples,), optional
    """

    windows: tuple[Slices, ...]
    targets: Slices | None = None
    ahead: Slices | None = None
    series: np.ndarray | None = None
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.windows[0])

    def inputs(self) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
        """Gather the arguments of `cells.forward`: windows, what is known ahead, series."""
        # (samples, timesteps, channels); a single part need not be copied again.
        windows = self.windows[0][:]
        if len(self.windows) > 1:
            others = [part[:] for part in self.windows[1:]]
            windows = np.concatenate([windows, *others], axis=2)
        ahead = None if self.ahead is None else self.ahead[:]
        return windows, ahead, self.series

    def actual(self) -> np.ndarray:
        """Gather the targets, (samples, outputs)."""
        if self.targets is None:
            raise InputError("these samples have no targets: they are there to be predicted.")
        return self.targets[:][:, :, 0]

    def slices(self) -> list[Slices]:
        """Return all there is of targets and columns known ahead, then the windows' parts."""
        slices = []
        if self.targets is not None:
            slices.append(self.targets)
        if self.ahead is not None:
            slices.append(self.ahead)
        return [*slices, *self.windows]

    def parts(self) -> list[Slices]:
        """Return what a network learns from: targets, what is known ahead, series, windows."""
        parts = self.slices()
        if self.series is not None:
            numbers = self.series.astype(np.int32)[:, None]
            parts.insert(len(parts) - len(self.windows), Slices(numbers, np.arange(len(self)), 1))
        return parts

    def keep(self, places: slice | np.ndarray) -> Samples:
        """Return some of the samples of the same tables."""
        return Samples(
            windows=tuple(part.keep(places) for part in self.windows),
            targets=_kept(self.targets, places),
            ahead=_kept(self.ahead, places),
            series=_kept(self.series, places),
            weights=_kept(self.weights, places),
        )

    def blocks(self, extra: int = 0) -> Iterator[Samples]:
        """Part the samples, in their order, into blocks that need little memory.

        A sample needs about three times what it reads, and `extra` numbers beside it.
        """
        numbers_held = extra
        for part in self.slices():
            channels = part.rows.shape[1]
            numbers_held += 3 * part.length * channels
        size = max(1, _BLOCK // numbers_held)
        for start in range(0, len(self), size):
            yield self.keep(slice(start, start + size))


def _kept(values: Any, places: slice | np.ndarray) -> Any:
    """Return some of slices or of an array; what is not given stays so."""
    if values is None:
        return None
    if isinstance(values, Slices):
        return values.keep(places)
    return values[places]
