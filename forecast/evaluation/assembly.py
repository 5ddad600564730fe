"""The forecasts table, put together from the parts of a backtest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.evaluation.kept import Parts
from forecast.evaluation.plan import Plan
from forecast.evaluation.stored import StoredForecasts, joined, store


def held_table(plan: Plan, models: Sequence[str], parts: Parts) -> tuple[pd.DataFrame, set[str]]:
    """Return the forecasts of some models as a table, and the names of the series in it."""
    frames = [(model, frame) for model in models for frame in _frames(plan, model, parts)]
    table = pd.concat([frame for _, frame in frames], ignore_index=True)
    # Numbers become categories: the names of a million rows are stored once.
    number = {model: place for place, model in enumerate(models)}
    of_frame = [number[model] for model, _ in frames]
    of_row = np.repeat(of_frame, [len(frame) for _, frame in frames])
    named = pd.Categorical.from_codes(of_row, pd.Index(list(models)))
    table.insert(0, "model", pd.Series(named))
    series = pd.Categorical.from_codes(table["series"], pd.Index(plan.labels))
    table["series"] = series.remove_unused_categories()
    return table, set(table["series"].cat.categories)


def stored_table(
    plan: Plan, models: Sequence[str], parts: Parts, path: Path
) -> tuple[StoredForecasts, set[str]]:
    """Write the forecasts of some models into a file, a run of series at a time.

    Also return the names of the series in it.
    """
    labels = np.array(plan.labels, dtype=object)
    names: set[str] = set()

    def named() -> Iterator[pd.DataFrame]:
        for model in models:
            for frame in joined(_frames(plan, model, parts)):
                # Each piece has the names of its own series alone.
                numbers, places = np.unique(frame["series"], return_inverse=True)
                series = pd.Categorical.from_codes(places, pd.Index(labels[numbers]))
                names.update(series.categories)
                frame.insert(0, "model", pd.Series(model, frame.index, dtype="category"))
                yield frame.assign(series=series)

    return store(named(), path), names


def _frames(plan: Plan, model: str, parts: Parts) -> Iterator[pd.DataFrame]:
    """Yield the forecasts of a model, a run of series at a time; the series are numbers."""
    for _, keys in groupby(plan.keys(model), key=lambda key: key.block):
        tables = [parts.table(key) for key in keys]
        frame = pd.concat(tables, ignore_index=True)
        if len(tables) > 1 or plan.source.n_targets > 1:
            # However often a model was fitted, the rows of a series stand together.
            frame = frame.sort_values(["series", "origin"], kind="stable", ignore_index=True)
        yield frame
