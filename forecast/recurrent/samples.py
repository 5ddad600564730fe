"""What a recurrent network reads: slices of resident tables, gathered where they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from forecast.tables.windows import Slices

_BLOCK = 2**22  # numbers in the arrays of a block, about


def subsample(n: int, most: int) -> slice | np.ndarray:
    """Choose at most `most` of n places at random, always the same ones.

    At random, since a stride might meet only one hour of the day.
    """
    if n <= most:
        return slice(None)
    rng = np.random.default_rng(0)
    return np.sort(rng.choice(n, max(1, most), replace=False))


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
        parts = [part[:] for part in self.windows]
        # A single part need not be copied: (samples, timesteps, channels).
        windows = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)
        ahead = None if self.ahead is None else self.ahead[:]
        return windows, ahead, self.series

    def actual(self) -> np.ndarray:
        """Gather the targets, (samples, outputs)."""
        if self.targets is None:
            raise ValueError("these samples have no targets: they are there to be predicted.")
        return self.targets[:][:, :, 0]

    def slices(self) -> list[Slices]:
        """Return all there is of targets and columns known ahead, then the windows' parts."""
        optional = [self.targets, self.ahead]
        given = [part for part in optional if part is not None]
        return [*given, *self.windows]

    def keep(self, places: slice | np.ndarray) -> Samples:
        """Return some of the samples of the same tables."""
        return replace(
            self,
            windows=tuple(part.keep(places) for part in self.windows),
            targets=None if self.targets is None else self.targets.keep(places),
            ahead=None if self.ahead is None else self.ahead.keep(places),
            series=None if self.series is None else self.series[places],
            weights=None if self.weights is None else self.weights[places],
        )

    def blocks(self, extra: int = 0) -> Iterator[Samples]:
        """Part the samples, in their order, into blocks that need little memory.

        A sample needs about three times what it reads, and `extra` numbers beside it.
        """
        numbers_read = sum(part.length * part.rows.shape[1] for part in self.slices())
        numbers_held = extra + 3 * numbers_read
        size = max(1, _BLOCK // numbers_held)
        for start in range(0, len(self), size):
            yield self.keep(slice(start, start + size))
