"""Which forecasts that were made can be held against those of a backtest."""

from __future__ import annotations

from typing import Any

import pandas as pd

from forecast.evaluation.results import check_forecasts
from forecast.exceptions import InputError
from forecast.wording import counted, some_of


def comparable(record: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the forecasts that can be compared with those of a backtest, and what is left out.

    Parameters
    ----------
    record : DataFrame
        The forecasts that were made, as `track_record` lays them out.
    before : DataFrame
        Those of one model of the backtest.

    Returns
    -------
    DataFrame
        Those of the same series, made since, up to the step that both reach.
    list of str
        Short phrases.
    """
    check_forecasts(record)
    record, notes = _of_same_series(record, before)
    end = before["timestamp"].max()
    # What the backtest has seen says nothing new.
    is_new = record["origin"] >= end
    if not is_new.any():
        raise InputError(
            f"no forecast begins after the end of the backtest, {end}: give some that were made "
            "since."
        )
    n_old = record.loc[~is_new, "origin"].nunique()
    if n_old:
        notes.append(f"{counted(n_old, 'forecast')} of moments of the backtest left out")
    since, found = _of_same_steps(record[is_new], before)
    return since, [*notes, *found]


def _of_same_series(record: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the forecasts of series that the backtest has."""
    series, theirs = before["series"].unique(), record["series"].unique()
    # A single series may be called otherwise.
    if len(series) == len(theirs) == 1:
        return record.assign(series=series[0]), []
    unknown = sorted(set(theirs) - set(series))
    notes = [f"not in the backtest, so left out: {some_of(unknown)}"] if unknown else []
    return record[record["series"].isin(series)], notes


def _of_same_steps(since: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the steps that both reach: the first forecast says how far, or the backtest."""
    reach = since.loc[since["origin"] == since["origin"].min(), "step"].max()
    since = since[since["step"].isin(before["step"].unique()) & (since["step"] <= reach)]
    farthest = since.groupby("origin")["step"].transform("max")
    is_short = farthest < since["step"].max()
    n_short = since.loc[is_short, "origin"].nunique()
    notes = [f"{counted(n_short, 'forecast')} of too few steps left out"] if n_short else []
    return since[~is_short], notes


def complete_and_apart(since: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the forecasts that have all of their actuals and do not overlap."""
    has_come = since.loc[since["actual"].notna(), "timestamp"].max()
    # Without any actual that moment is missing, and no end is earlier.
    ends = since.groupby("origin")["timestamp"].transform("max")
    complete = since[ends <= has_come] if pd.notna(has_come) else since[:0]
    judged = apart(complete)
    # An actual may be missing for good, but not all of them.
    known = judged.groupby("origin")["actual"].transform("count") > 0
    judged = judged[known]
    notes = []
    n_waiting = since["origin"].nunique() - complete["origin"].nunique()
    if n_waiting:
        notes.append(f"{counted(n_waiting, 'forecast')} waiting for actuals")
    n_left = complete["origin"].nunique() - judged["origin"].nunique()
    if n_left:
        notes.append(f"{counted(n_left, 'forecast')} overlapping those before left out")
    return judged, notes


def apart(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the earliest forecast, then the next one that begins at its end or later, and so on."""
    ends = table.groupby("origin")["timestamp"].max()
    kept: list[Any] = []
    for origin in ends.index:
        if not kept or origin >= ends[kept[-1]]:
            kept.append(origin)
    return table[table["origin"].isin(kept)]
