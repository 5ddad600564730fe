"""From rows with an alarm to events, and how many of the true ones these find."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from forecast.anomaly.questions import QUESTIONS
from forecast.anomaly.walk import combined
from forecast.exceptions import InputError, InputTypeError
from forecast.tables.frequency import Frequency
from forecast.validation import check, integer

__all__ = ["event_scores"]

_LEVEL = QUESTIONS.index("level")
_RUN = QUESTIONS.index("run")
_COLUMNS = ("start", "end", "kind", "p")


def events_of(
    index: pd.Index, p: np.ndarray, frequency: Frequency, season_length: int
) -> pd.DataFrame:
    """Return the events of rows with an alarm.

    Alarms of neighbouring rows are one event; those of the level, which looks back on a season, are
    one as long as a season has one of them.

    Parameters
    ----------
    index : Index of length n_alarms
        The moments, or (series, moment); series after series.
    p : array of shape (n_alarms, questions, n_targets)
    frequency : Frequency
    season_length : int
    """
    named = isinstance(index, pd.MultiIndex)
    columns = ["series", *_COLUMNS] if named else list(_COLUMNS)
    if not len(index):
        return pd.DataFrame({name: [] for name in columns})
    moments = index.get_level_values(-1)
    questions = p.min(axis=2).argmin(axis=1)
    steps = np.asarray(frequency.steps(moments[:-1], moments[1:]))
    both_of_level = (questions[1:] == _LEVEL) & (questions[:-1] == _LEVEL)
    goes_on = (steps == 1) | (steps > 0) & (steps <= season_length) & both_of_level
    if named:
        series = index.get_level_values(0)
        goes_on &= np.asarray(series[1:] == series[:-1])
    firsts = np.flatnonzero(np.concatenate([[True], ~goes_on]))
    lasts = np.concatenate([firsts[1:], [len(index)]]) - 1
    smallest = np.minimum.reduceat(combined(p), firsts)
    table = {
        "start": moments[firsts],
        "end": moments[lasts],
        "kind": [_kind(p[a : b + 1].min(axis=2)) for a, b in zip(firsts, lasts, strict=True)],
        "p": smallest,
    }
    if named:
        table = {"series": index.get_level_values(0)[firsts], **table}
    return pd.DataFrame(table)


def _kind(p: np.ndarray) -> str:
    """Name an event by the p-values of its rows, (n_rows, questions)."""
    # A stuck sensor is soon far from what was forecast as well; and in a shift, two equal values so
    # far from it are odd as well.
    is_run = p[:, _RUN] <= p.min(axis=1)
    if is_run.mean() >= 0.5:
        return "stuck"
    if p[0].argmin() == _LEVEL:
        return "drift"
    return "spike" if len(p) == 1 else "shift"


def event_scores(
    events: pd.DataFrame, truth: pd.DataFrame, moments: pd.Index, tolerance: int = 0
) -> pd.Series:
    """Score events against the true ones, event by event and row by row.

    Parameters
    ----------
    events : DataFrame with the columns ``start`` and ``end``
        As `AnomalyDetector.events` returns them, of one series.
    truth : DataFrame with the columns ``start`` and ``end``
        The true events, from their first row to their last.
    moments : Index
        Of the rows that were judged.
    tolerance : int, default=0
        So many rows after a true event belong to it as far as false alarms are concerned: what an
        anomaly has done to a season is over a season later.

    Returns
    -------
    Series
        ``precision``: the share of events that overlap a true one (with its tolerance); ``recall``:
        the share of true events that one overlaps (without); ``point_precision`` and
        ``point_recall``: the same of rows; ``false_events``: how many overlap none;
        ``rows``: the number of rows outside all true events and their tolerance. A share of nothing
        is NaN.

    Raises
    ------
    ValueError
        If a table lacks a column, or an event lies outside the moments.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame({"start": [10, 40], "end": [12, 40]})
    >>> truth = pd.DataFrame({"start": [11, 70], "end": [14, 75]})
    >>> event_scores(events, truth, pd.RangeIndex(100)).to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'precision': 0.5, 'recall': 0.5, 'point_precision': 0.5, 'point_recall': 0.2,
     'false_events': 1.0, 'rows': 90.0}
    """
    check(integer(0), tolerance, "tolerance")
    n = len(moments)
    found = _spans(events, moments, "events")
    true = _spans(truth, moments, "truth")
    is_found = _marked(found, n)
    is_true = _marked(true, n)
    near = _marked([(first, last + tolerance) for first, last in true], n)
    hits = [near[first : last + 1].any() for first, last in found]
    caught = [is_found[first : last + 1].any() for first, last in true]
    return pd.Series(
        {
            "precision": _share(hits),
            "recall": _share(caught),
            "point_precision": _share(near[is_found]),
            "point_recall": _share(is_found[is_true]),
            "false_events": float(len(hits) - sum(hits)),
            "rows": float(n - near.sum()),
        }
    )


def _spans(table: Any, moments: pd.Index, name: str) -> list[tuple[int, int]]:
    """Return the first and the last row of each event of a table."""
    if not isinstance(table, pd.DataFrame):
        raise InputTypeError(f"{name} must be a DataFrame with the columns start and end.")
    missing = [column for column in ("start", "end") if column not in table.columns]
    if missing:
        raise InputError(f"{name} lacks the column {missing[0]!r}: it has {list(table.columns)}.")
    if table.empty:
        return []
    rows = [moments.get_indexer(pd.Index(table[column])) for column in ("start", "end")]
    outside = np.minimum(*rows) < 0
    if outside.any():
        event = int(outside.argmax())
        raise InputError(
            f"{name} holds an event from {table['start'].iloc[event]} to "
            f"{table['end'].iloc[event]}, which is not among the moments: pass those of all rows."
        )
    return list(zip(*(each.tolist() for each in rows), strict=True))


def _marked(spans: Iterable[tuple[int, int]], n: int) -> np.ndarray:
    """Return which of n rows lie in one of some spans."""
    marked = np.zeros(n, dtype=bool)
    for first, last in spans:
        marked[first : last + 1] = True
    return marked


def _share(values: Any) -> float:
    """Return the share of what is true; NaN of nothing."""
    return float(np.mean(values)) if len(values) else float("nan")
