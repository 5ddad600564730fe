"""A table that is read in runs of series, as a backtest reads it: each part reads its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from forecast.evaluation.engines import each_as_it_ends
from forecast.evaluation.source import FEWEST_ROWS, Cuts, Facts, Source
from forecast.tables.frequency import Frequency, infer_frequency
from forecast.tables.reading.stored_table import StoredTable


@dataclass(frozen=True)
class StoredSource:
    """What a backtest knows of a table that it does not hold."""

    table: StoredTable
    n_jobs: int | None = None
    n_targets: int = 1

    @property
    def moments(self) -> pd.Index:
        """All moments of the table, ascending."""
        return self.table.moments

    @cached_property
    def frequency(self) -> Frequency:
        """The step from one moment to the next."""
        return infer_frequency(self.moments)

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """The runs of series, (first, last + 1), into which the table is cut."""
        return self.table.runs()

    def block(self, number: int) -> Run:
        """Return a run of series that is not read yet."""
        start, stop = self.blocks[number]
        return Run(self.table.part(start, stop), start, self.frequency)

    def runs(self) -> Iterator[Source]:
        """Read one run of series after the other."""
        for number in range(len(self.blocks)):
            yield from self.block(number).runs()

    def labels(self) -> list[str]:
        """Name what is forecast: the series."""
        return [str(name) for name in self.table.counts.index]

    def fewest_rows(self, cuts: Cuts) -> int:
        """Return how many training rows make a beginning."""
        del cuts
        return FEWEST_ROWS

    def facts(self, cutoff: int, season: int) -> Facts:
        """Read the table once, and say what is known of it as a whole."""
        tasks = (
            (number, (self.block(number), cutoff, season)) for number in range(len(self.blocks))
        )
        found = dict(each_as_it_ends(_facts_of_run, tasks, self.n_jobs))
        in_order = [found[number] for number in range(len(self.blocks))]
        digest = hashlib.sha256("".join(facts.digest for facts in in_order).encode()).hexdigest()
        scales = {name: scale for facts in in_order for name, scale in facts.scales.items()}
        return Facts(digest, scales, sum(facts.n_unobserved for facts in in_order))


@dataclass(frozen=True)
class Run:
    """A run of series that is read where its part is made."""

    table: StoredTable
    first: int  # the number of its first series in the whole table
    frequency: Frequency

    def runs(self) -> Iterator[Source]:
        """Yield the rows, which are read once for all fits that this process makes of them."""
        yield self.source

    @cached_property
    def source(self) -> Source:
        """The rows; their moments are counted as those of the whole table."""
        expected = list(self.table.counts.index)
        source = Source.of(*self.table.read(expected))
        # A series without any value has no rows left.
        place = {str(name): number for number, name in enumerate(expected)}
        numbers = np.array([place[name] for name in source.names])
        return replace(
            source,
            moments=self.table.moments,
            moment=self.table.moments.get_indexer(source.moments)[source.moment],
            names=list(place),
            series=numbers[source.series],
            first=self.first,
            of_whole=self.frequency,
        )


def _facts_of_run(task: tuple[Run, int, int]) -> Facts:
    """Say what is known of a run of series."""
    run, cutoff, season = task
    return run.source.facts(cutoff, season)
