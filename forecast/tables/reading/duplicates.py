"""Rows of one moment: which columns tell them apart, or that none does."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NoReturn

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.reading.arrow_texts import contain, matches
from forecast.tables.reading.cells import RawTable, is_text, typed
from forecast.wording import quoted

_N_COLUMNS = 8  # columns that are tried, those with the fewest names first
_N_TOGETHER = 3  # columns that together name a series, at most
_N_ROWS = 10_000  # rows on which columns are tried first
_N_HOURS = 12  # different ones in a column of hours, at least
_N_DAYS = 2  # of so few days a column tells the hours rather than series
_CLOCK = r"(?:[01]?\d|2[0-4])|(?:[01]\d|2[0-4])[0-5]\d(?:[0-5]\d)?"  # 7, 1530, 153000
_FILLED = 0.5  # share of all pairs of a series and a moment that have a row, where integers name it

# Where people live whose clocks change.
_ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Athens",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Australia/Sydney",
)


def refuse_duplicates(
    table: RawTable,
    codes: np.ndarray,
    moments: pd.Index,
    times: Sequence[Hashable],
    series: Sequence[Hashable],
) -> None:
    """Refuse rows of one series that have the same moment, if there are some, and explain them.

    Parameters
    ----------
    table : RawTable
    codes : array of shape (n_rows,)
        The series of each row.
    moments : Index of length n_rows
    times, series : sequence of column labels
        The columns of the times and of the series.
    """
    keys = pd.DataFrame({"series": codes, "moment": moments})
    is_twice = keys.duplicated(keep=False).to_numpy()
    if not is_twice.any():
        return
    row = int(np.argmax(is_twice))
    same = np.flatnonzero((codes == codes[row]) & (moments == moments[row]))
    fault = _fault(table, keys, same)

    # Each explanation has its own remedy: the place, the hours, the series.
    _refuse_clock_change(fault, moments, is_twice)
    others = [name for name in table.cells.columns if name not in {*times, *series}]
    for name in others:
        if len(times) == 1 and _may_be_hours(table.cells[name], keys):
            clock = {"time": (times[0], name)}
            _refuse_told_apart(fault, [name], "If it holds the hours", clock)
    both = _hours_and_names(table, keys, others) if len(times) == 1 else None
    if both is not None:
        hours, label = both
        meaning = "If they hold the hours and the names of series"
        options = {"time": (times[0], hours), "series": (*series, label)}
        _refuse_told_apart(fault, both, meaning, options)
    for columns in _tried(table, others):
        if _tells_apart(table, keys, columns):
            names = (*series, *columns)
            meaning = "If they are of several series"
            _refuse_told_apart(fault, names, meaning, {"series": names})
    _refuse_unexplained(fault, table.cells.iloc[same], table.cells[others])


def _fault(table: RawTable, keys: pd.DataFrame, same: np.ndarray) -> str:
    """Say which rows have the same moment, and how many moments there are."""
    first, second = table.rows[same[:2]]
    times = "twice" if len(same) == 2 else f"{len(same)} times"
    n_moments = len(keys.drop_duplicates())
    numbers = f", rows {first} and {second}" if first else ""
    return (
        f"{table.file}{numbers}: {keys['moment'][same[0]]} stands {times} "
        f"({len(keys)} rows have {n_moments} different moments)"
    )


def _refuse_unexplained(fault: str, same: pd.DataFrame, others: pd.DataFrame) -> NoReturn:
    """Refuse rows of one moment that no column tells apart, and ask what becomes of them."""
    if same.nunique(dropna=False).max() == 1:
        raise InputError(
            f"{fault}, and all cells of these rows are equal.",
            Remedy("If they are one row written twice, give {}.", {"how": "first"}),
        )
    # What happens, without a number, can be counted.
    texts = [others[name].dropna().astype(str) for name in others]
    has_numbers = [contain(column, r"\d").any() for column in texts]
    if not any(has_numbers):
        raise InputError(
            f"{fault}, and there is no column of numbers.",
            Remedy("To count the rows, give {}.", {"freq": "D", "how": "count"}),
        )
    hows = [{"how": how} for how in ("mean", "sum", "last")]
    raise InputError(
        f"{fault}, and no column of names tells them apart.",
        Remedy("Say what becomes of them, such as {}, {} or {}.", *hows),
    )


def _refuse_clock_change(fault: str, moments: pd.Index, is_twice: np.ndarray) -> None:
    """Refuse hours that stand twice where clocks went back somewhere, and name the place."""
    if not isinstance(moments, pd.DatetimeIndex) or moments.tz is not None:
        return
    # Two rows of one hour are a change of clocks; more are something else.
    twice = moments[is_twice]
    if (twice.value_counts() > 2).any() or moments.normalize().equals(moments):
        return
    is_first = np.ones(len(moments), dtype=bool)
    for zone in _ZONES:
        is_open = moments.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward").isna()
        never = moments.tz_localize(zone, ambiguous=is_first, nonexistent="NaT").isna()
        if (is_open == is_twice).all() and not never.any():
            raise InputError(
                f"{fault}, as clocks in {zone} went back then.",
                Remedy("Name the place, such as {}.", {"time_zone": zone}),
            )


def _refuse_told_apart(
    fault: str,
    telling: Sequence[Hashable],
    meaning: str,
    options: Mapping[str, Sequence[Hashable]],
) -> NoReturn:
    """Refuse rows that columns tell apart, with the options that say so."""
    listed = " and ".join(quoted(str(name)) for name in telling)
    verb = "tells" if len(telling) == 1 else "tell"
    columns = {option: [*map(str, names)] for option, names in options.items()}
    raise InputError(
        f"{fault}; {listed} {verb} the rows apart.", Remedy(f"{meaning}, give {{}}.", columns)
    )


def _hours_and_names(
    table: RawTable, keys: pd.DataFrame, others: Sequence[Hashable]
) -> tuple[Hashable, Hashable] | None:
    """Find a column of hours and one of names that only together tell the rows apart."""
    texts = [name for name in others if is_text(typed(table.cells[name]))]
    names = [name for name in texts if _may_name(table.cells[name])]
    numbers = [name for name in others if name not in texts]
    for name, hours in product(names, numbers):
        named = keys.assign(name=table.cells[name])
        if not named.duplicated().any():
            continue
        if _may_be_hours(table.cells[hours], named):
            return hours, name
    return None


def _may_be_hours(cells: pd.Series, keys: pd.DataFrame) -> bool:
    """Whether a column beside one of days may hold the hours of each day."""
    days = keys["moment"]
    if not pd.api.types.is_datetime64_any_dtype(days) or cells.isna().any():
        return False
    is_day = (days == days.dt.normalize()).all()
    is_clock = matches(cells.astype(str), _CLOCK).all()
    is_once = not keys.assign(hour=cells).duplicated().any()
    # Shops have numbers too, but they have more days, and are fewer than the hours of a day.
    is_many = cells.nunique() >= _N_HOURS or days.nunique() <= _N_DAYS
    return bool(is_day and is_clock and is_once and is_many)


def _tried(table: RawTable, others: Sequence[Hashable]) -> Iterator[tuple[Hashable, ...]]:
    """Yield the columns that may name series, then pairs and triples of them."""
    names = [name for name in others if _may_name(table.cells[name])]
    # Texts are names rather than numbers are.
    texts = [name for name in names if is_text(typed(table.cells[name]))]
    numbers = [name for name in names if name not in texts]
    names = [*texts, *numbers][:_N_COLUMNS]
    for n_together in range(1, _N_TOGETHER + 1):
        yield from combinations(names, n_together)


def _may_name(cells: pd.Series) -> bool:
    """Whether a column holds texts or whole numbers, each of them several times."""
    if cells.isna().any() or 2 * cells.nunique() > len(cells):
        return False
    numbers = typed(cells)
    if is_text(numbers):
        return True
    is_whole = (numbers == numbers.round()).all()
    return bool(is_whole) and not pd.api.types.is_bool_dtype(numbers)


def _tells_apart(table: RawTable, keys: pd.DataFrame, columns: tuple[Hashable, ...]) -> bool:
    """Whether each moment has one row for each name that columns give."""
    names = table.cells[list(columns)].set_axis(range(len(columns)), axis=1)
    rows = pd.concat([keys, names], axis=1)
    # Most columns fail on the first rows already.
    if rows.iloc[:_N_ROWS].duplicated().any() or rows.duplicated().any():
        return False
    n_series = len(rows.drop(columns="moment").drop_duplicates())
    if 2 * n_series > len(rows):
        return False
    if any(is_text(typed(table.cells[name])) for name in columns):
        return True
    # Whole numbers that are values differ by chance: those that name series come again and again.
    n_moments = keys["moment"].nunique()
    return len(rows) >= _FILLED * n_series * n_moments
