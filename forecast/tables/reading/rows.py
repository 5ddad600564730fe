"""The rows of a table that was read: in order, regular and filled, or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.exceptions import InputError
from forecast.tables.frequency import infer_frequency, integers_of, numbered_series
from forecast.tables.reading.options import Options
from forecast.tables.timeline import aggregated, fill_gaps, regularize
from forecast.wording import counted


def in_order(
    values: pd.DataFrame, names: pd.Series | None, codes: np.ndarray, moments: pd.Index
) -> tuple[pd.DataFrame, list[str]]:
    """Index rows by their moments, in long form by (series, timestamp), and sort them.

    Parameters
    ----------
    values : DataFrame of n_rows
    names : Series of length n_rows or None
        The name of the series of each row; None in wide form.
    codes : array of shape (n_rows,)
        The number of that series.
    moments : Index of length n_rows

    Returns
    -------
    DataFrame of n_rows
        One series after the other, in order of appearance.
    list of str
        What there is to note.
    """
    # Within a series the rows keep their order where they are in time, or the newest comes first.
    order = np.argsort(codes, kind="stable")
    inner = np.diff(codes[order]) == 0
    steps = np.diff(integers_of(moments[order]))[inner]
    notes = []
    if (steps < 0).any():
        is_reversed = (steps <= 0).all()
        notes.append("newest row first: sorted" if is_reversed else "rows out of order: sorted")
        # The later of two rows of one moment stands first there.
        rows = np.arange(len(codes))
        ranks = -rows if is_reversed else rows
        order = np.lexsort([ranks, integers_of(moments), codes])

    if names is None:
        return values.set_index(moments).iloc[order], notes
    levels = [pd.Index(names.tolist()), moments]
    index = pd.MultiIndex.from_arrays(levels, names=["series", "timestamp"])
    return values.set_index(index).iloc[order], notes


def regular(file: str, frame: pd.DataFrame, options: Options) -> tuple[pd.DataFrame, list[str]]:
    """Merge rows, open holes and fill gaps as asked for; refuse rows that are irregular then.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    frame : DataFrame
        Sorted.
    options : Options

    Returns
    -------
    DataFrame
    list of str
        What there is to note.
    """
    notes: list[str] = []
    try:
        # Each step of the frequency becomes a row, or each moment that there is.
        if options.freq is not None:
            frame, found = _on_grid(frame, options)
            notes += found
        elif options.how is not None:
            frame, found = _merged(frame, options.how)
            notes += found
        if not _is_open(frame.index, options):
            infer_frequency(frame.index)
    except InputError as error:
        # Reading has no frame to mend yet: in Python, too, it takes what the flags say.
        fault, remedy, flags = error.args
        raise InputError(fault, flags or remedy).within(file) from None
    if options.fill:
        frame, found = _filled(frame)
        notes += found
    return frame, notes


def _is_open(index: pd.Index, options: Options) -> bool:
    """Whether rows tell no frequency, and others of their table that are not here may do so."""
    if not (options.follows or options.only):
        return False
    lengths = np.bincount(numbered_series(index)[0])
    # Of several series, two rows do not tell months from days.
    return bool(lengths.max() <= (2 if options.only else 1))


def _on_grid(frame: pd.DataFrame, options: Options) -> tuple[pd.DataFrame, list[str]]:
    """Bring rows to a frequency, and say what became of them."""
    freq, how = str(options.freq), options.how
    # Holes among sums are nothing; other gaps are filled when all of them are known.
    fills = options.fill and how == "sum"
    regular = pd.DataFrame(regularize(frame, freq, how, fills))
    # How many rows each step has; a step that the table cuts has none.
    counts = pd.DataFrame(regularize(frame[[]], freq, "count"))["count"]
    n_steps = int((counts != 0).sum())
    notes = _merging(len(frame), n_steps, how)
    n_cut = int(counts.isna().sum())
    if n_cut:
        notes.append(f"{counted(n_cut, 'step')} cut by the beginning or the end: without a value")
    n_opened = len(regular) - n_steps
    if n_opened:
        notes.append(f"opened {counted(n_opened, 'missing row')}{' with 0' if fills else ''}")
    # Rows that were merged have moved as well, but that is said.
    n_moved = int((~frame.index.isin(regular.index)).sum())
    if n_moved and n_steps == len(frame):
        notes.append(f"moved {counted(n_moved, 'row')} to the moments of their steps")
    return regular, notes


def _merged(frame: pd.DataFrame, how: str) -> tuple[pd.DataFrame, list[str]]:
    """Merge the rows of each moment, where no frequency is said."""
    levels = list(range(frame.index.nlevels))
    merged = aggregated(frame.groupby(level=levels, sort=False), how)
    merged = merged.astype(float) if how == "count" else merged
    return merged, _merging(len(frame), len(merged), how)


def _merging(n_rows: int, n_merged: int, how: str | None) -> list[str]:
    """Say that rows were merged, if they were."""
    if n_merged == n_rows:
        return []
    return [f"merged {n_rows} rows into {n_merged} ({how})"]


def _filled(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Fill gaps, and say what was filled and what was left."""
    filled, notes = fill_gaps(frame)
    n_left = int(filled.isna().sum().sum())
    if n_left:
        left = counted(n_left, "cell")
        notes.append(f"left {left} empty before the first or after the last value")
    return filled, notes
