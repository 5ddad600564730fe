"""What a recurrent network reads: slices of resident tables, gathered only where they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from forecast.tables.windows import Slices

_BLOCK = 2**22  # numbers in the arrays of a block, about


def some(n: int, most: int) -> slice | np.ndarray:
    """Choose at most `most` of n places, always the same ones; a stride might meet only one hour of the day."""
    return (
        slice(None)
        if n <= most
        else np.sort(np.random.default_rng(0).choice(n, max(1, most), replace=False))
    )


@dataclass(frozen=True)
class Samples:
    """Windows, what is known for the steps after them, and their targets, as slices that may share
    a table.

    Parameters
    ----------
    windows : tuple of Slices of `timesteps` rows
        Their channels stand beside one another.
    targets : Slices of `outputs` rows with one channel
    ahead : Slices of `outputs` rows with what is known for each step, optional
    series : array of shape (samples,), optional
        The number of each sample's series.
    weights : array of shape (samples,), optional
    """

    windows: tuple[Slices, ...]
    targets: Slices
    ahead: Slices | None = None
    series: np.ndarray | None = None
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.targets)

    def inputs(self) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
        """Gather the arguments of `cells.forward`: windows, what is known ahead, series."""
        windows = [part[:] for part in self.windows]  # (samples, timesteps, channels)
        ahead = None if self.ahead is None else self.ahead[:]
        return (
            windows[0] if len(windows) == 1 else np.concatenate(windows, axis=2),
            ahead,
            self.series,
        )

    def actual(self) -> np.ndarray:
        """Gather the targets, (samples, outputs)."""
        return self.targets[:][:, :, 0]

    def keep(self, samples: slice | np.ndarray) -> Samples:
        """Return some of the samples of the same tables."""
        return replace(
            self,
            windows=tuple(part.keep(samples) for part in self.windows),
            targets=self.targets.keep(samples),
            ahead=None if self.ahead is None else self.ahead.keep(samples),
            series=None if self.series is None else self.series[samples],
            weights=None if self.weights is None else self.weights[samples],
        )

    def blocks(self, extra: int = 0) -> Iterator[Samples]:
        """Part the samples, in their order, into blocks whose windows (and `extra` numbers each) need little memory."""
        read = [*self.windows, self.targets, *([self.ahead] if self.ahead else [])]
        each = extra + 3 * sum(part.length * part.rows.shape[1] for part in read)
        size = max(1, _BLOCK // each)
        for start in range(0, len(self), size):
            yield self.keep(slice(start, start + size))
