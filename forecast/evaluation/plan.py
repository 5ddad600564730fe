"""A backtest as a list of parts: which there are, and what each follows from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from forecast.evaluation.origins import RollingOrigin
from forecast.evaluation.parts import Task
from forecast.evaluation.source import Cuts, Source
from forecast.evaluation.stored_source import StoredSource


class Key(NamedTuple):
    """Which part it is."""

    model: str
    block: int  # the run of series
    fold: int  # the fit


class Failure(NamedTuple):
    """A part for which a model has no forecasts."""

    model: str
    series: list[str]
    origin: Any  # the first one that the fit was to answer
    error: Exception


@dataclass(frozen=True)
class Plan:
    """The parts of a backtest: they follow from the table and the settings alone.

    Neither the number of workers nor their order changes them, and so none of both changes a
    forecast.
    """

    models: Mapping[str, Any]
    source: Source | StoredSource
    fits: list[Cuts]  # the origins that each fit answers
    cv: RollingOrigin
    quantiles: np.ndarray

    @property
    def cutoff(self) -> int:
        """The number of the last moment that the first fit learns from."""
        return self.fits[0][0][1]

    @cached_property
    def labels(self) -> list[str]:
        """What is forecast, series by series and target by target."""
        return self.source.labels()

    def written(self) -> dict[str, str]:
        """Return the models as they are written in Python."""
        return {name: " ".join(repr(model).split()) for name, model in self.models.items()}

    def keys(self, model: str) -> Iterator[Key]:
        """Yield the parts of a model: its runs of series, and the fits of each."""
        n_blocks = len(self.source.blocks) if is_cut(self.models[model]) else 1
        for block in range(n_blocks):
            for fold in range(len(self.fits)):
                yield Key(model, block, fold)

    def task(self, key: Key) -> Task:
        """Return what a part follows from."""
        source: Any = self.source
        if is_cut(self.models[key.model]):
            source = self._block(key.block)
        forecaster, cuts = self.models[key.model], self.fits[key.fold]
        fewest = self._fewest[key.fold]
        return Task(key.model, forecaster, source, cuts, self.cv, fewest, self.quantiles)

    @cached_property
    def _block(self) -> Callable[[int], Any]:
        """The function that cuts out a run of series, once for the fits that follow one another."""
        return lru_cache(maxsize=1)(self.source.block)

    @cached_property
    def _fewest(self) -> list[int]:
        """How many training rows make a beginning, for each fit."""
        return [self.source.fewest_rows(cuts) for cuts in self.fits]

    def failure(self, key: Key, error: Exception) -> Failure:
        """Name what a part that has failed was to forecast."""
        labels = self.labels
        if is_cut(self.models[key.model]):
            n_targets = self.source.n_targets
            start, stop = self.source.blocks[key.block]
            labels = labels[start * n_targets : stop * n_targets]
        _, origin = self.fits[key.fold][0]
        return Failure(key.model, labels, self.source.moments[origin], error)


def fits_of(cv: RollingOrigin, n_moments: int, refit: str | int) -> list[Cuts]:
    """Part the origins: each fit answers a run of them, which are all, one, or every k."""
    cuts = cv.cuts(n_moments)
    if refit == "never":
        run = len(cuts)
    elif refit == "always":
        run = 1
    else:
        run = int(refit)
    return [cuts[start : start + run] for start in range(0, len(cuts), run)]


def is_cut(forecaster: Any) -> bool:
    """Whether a forecaster learns from each series apart."""
    return bool(getattr(forecaster, "_is_local", False))
