"""Dates in words: all cells of a column in one form, its order said or shown by the column."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast.exceptions import Remedy
from forecast.tables.reading.arrow_texts import matches
from forecast.tables.reading.cells import RawColumn
from forecast.tables.reading.clocks import offsets_of, read_iso
from forecast.tables.reading.date_forms import (
    DateForm,
    begin_of,
    begins_of,
    forms_of,
    looks_like_date,
    plain_texts,
)
from forecast.tables.reading.kinds import is_words
from forecast.tables.reading.options import Options
from forecast.wording import quoted

# Most files are written so: no cell needs to be looked at by itself.
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"

_FIRST = {"dmy": "the day", "mdy": "the month", "ymd": "the year"}
_EXAMPLE = "2013-01-31 14:00"  # where the cells do not show how times are written
_N_CELLS = 100  # that show it

# The share of the steps from the first row to the last that have a row: weekdays have 5/7; most
# months are as long as the usual one, or shorter.
_FILLED = (0.6, 1.1)
_DAYS_OF_YEAR = 360  # a longer step is one of years


class _Dates(NamedTuple):
    """The moments of a column in one order of day, month and year."""

    iso: pd.Series  # the cells in ISO order
    moments: pd.DatetimeIndex  # in UTC, NaT where a cell is none
    n_midnights: int  # written as 24:00


class Moments(NamedTuple):
    """A column of moments that was read."""

    times: pd.Index
    notes: list[str]  # what there is to note
    order: str | None = None  # that of day, month and year, where they could change places


def read_dates(column: RawColumn, codes: np.ndarray, options: Options) -> Moments:
    """Turn texts into timestamps.

    Parameters
    ----------
    column : RawColumn
        Of texts, none of them empty.
    codes : array of shape (n_rows,)
        The series of each row.
    options : Options
        Only times that are brought to a time zone later may have several offsets.

    Returns
    -------
    Moments of length n_rows
        In UTC where the texts have an offset, else without a zone.
    """
    notes: list[str] = []
    order = ""
    texts = column.cells.astype(str)
    # ISO dates need no search for a form.
    if matches(texts, _ISO).all():
        iso = texts.str.replace(" ", "T", n=1, regex=False)
        reading = _read(iso)
    else:
        reading, notes, order = _read_forms(column, codes, options)
    _refuse(column, reading.moments.isna(), "is no time")
    if reading.n_midnights:
        notes.append("24:00 is the midnight after")
    return Moments(_with_offset(column, reading, options.time_zone), notes, order or None)


def _read(iso: pd.Series) -> _Dates:
    """Read texts in ISO order."""
    return _Dates(iso, *read_iso(iso))


def _read_forms(
    column: RawColumn, codes: np.ndarray, options: Options
) -> tuple[_Dates, list[str], str]:
    """Read texts in the form of the first one.

    Return the reading, what there is to note, and the order of dates, "" where none is open.
    """
    notes = []
    texts = column.cells.astype(str)
    # Of an interval the beginning counts.
    begins = begins_of(texts)
    if begins is not None:
        _refuse(column, begins.isna(), "is no interval like those above")
        texts = begins
        notes.append(f"the beginnings of the intervals in {quoted(str(column.name))}")

    # The first cell says how all of them are written.
    texts = plain_texts(texts)
    forms = _forms_of_first(column, texts.iloc[0], options.date_order)
    readings = {form.order: _read(form.to_iso(texts)) for form in forms}
    has_points = "." in texts.iloc[0][:3]
    chosen = _choose_order(column, readings, codes, has_points, options.usual_order)
    reading = readings[chosen]
    what = "is no time like those above" if reading.moments.notna()[0] else "is no time"
    _refuse(column, reading.moments.isna(), what)

    if chosen:
        notes.append(f"dates begin with {_FIRST[chosen]}")
    if forms[0].has_short_year(texts.iloc[0]):
        notes.append("years of two digits lie between 1969 and 2068")
    return reading, notes, chosen


def _refuse(column: RawColumn, wrong: Any, what: str) -> None:
    """Refuse the first wrong cell; the remedy shows how the times of this file are written."""
    wrong = np.asarray(wrong, dtype=bool)
    if not wrong.any():
        return
    texts = column.cells.astype(str)
    others = texts[~wrong].head(_N_CELLS)
    written = [text for text in others if looks_like_date(text) or begin_of(text)]
    example = written[0] if written else ""
    # Where half of all are none, or most others, all are in a form that is not read.
    is_rare = 2 * wrong.sum() < len(wrong) and 2 * len(written) >= len(others)
    if not example or not is_rare:
        remedy = f"Write all times like {_EXAMPLE}."
    # Words are a total, a remark or a second header: their row has no time.
    elif is_words(texts[wrong].iloc[0]):
        remedy = f"Remove the row, or give it a time like {quoted(example)}."
    else:
        remedy = f"Write it like {quoted(example)}, or remove the row."
    column.refuse(wrong, what, remedy)


def _forms_of_first(column: RawColumn, text: str, order: str | None) -> list[DateForm]:
    """Return the forms that the first cell may have; refuse one that has none."""
    is_first = np.arange(len(column.cells)) == 0
    forms = forms_of(text)
    if not forms:
        _refuse(column, is_first, "is no time")
    # An order that is said counts where the form leaves it open.
    if order is None or not forms[0].order:
        return forms
    said = [form for form in forms if form.order == order]
    if not said:
        fitting = [form.order for form in forms]
        what = f"does not have the order {quoted(order)}"
        column.refuse(is_first, what, _remedy(fitting))
    return said


def _choose_order(
    column: RawColumn,
    readings: dict[str, _Dates],
    codes: np.ndarray,
    has_points: bool,
    usual: str | None,
) -> str:
    """Choose the order in which all cells are dates, and if several are, the rows regular."""
    moments = {order: read.moments for order, read in readings.items()}
    n_wrong = {order: int(np.sum(each.isna())) for order, each in moments.items()}
    complete = {order: each for order, each in moments.items() if not n_wrong[order]}
    if len(complete) < 2:
        return min(n_wrong, key=lambda order: n_wrong[order])
    # Points stand in dates that begin with the day.
    if has_points and "dmy" in complete:
        return "dmy"
    # On 1/1/2013 the orders agree.
    first, *others = complete.values()
    differs = np.any([other != first for other in others], axis=0)
    if not differs.any():
        return next(iter(complete))

    # The rows of one series tell the order, where they are regular in one order only.
    of_first = codes == codes[0]
    regular = [order for order, each in complete.items() if _is_regular(each[of_first])]
    if len(regular) == 1:
        return regular[0]
    possible = regular or list(complete)
    if usual in possible:
        return str(usual)
    row = int(np.argmax(differs))
    days = dict.fromkeys(str(complete[order][row].date()) for order in possible)
    column.refuse(differs, f"may be {' or '.join(days)}", _remedy(possible))
    raise AssertionError("a row differs")


def _is_regular(moments: pd.DatetimeIndex) -> bool:
    """Whether most steps of the usual length have a row."""
    days = (moments.unique().sort_values() - moments.min()) / pd.Timedelta(days=1)
    gaps = np.diff(days)
    if not gaps.size:
        return False
    step = float(np.median(gaps))
    filled = len(gaps) / (days[-1] / step)
    # Years that begin on another day than the first or the last of a year are no years.
    is_start = (moments.month == 1) & (moments.day == 1)
    is_end = (moments.month == 12) & (moments.day == 31)
    may_be = step < _DAYS_OF_YEAR or bool((is_start | is_end).all())
    return may_be and _FILLED[0] <= filled <= _FILLED[1]


def _remedy(orders: list[str]) -> Remedy:
    """Return how to say the order of dates."""
    sentence = f"Give {' or '.join(['{}'] * len(orders))}."
    return Remedy(sentence, *({"date_order": order} for order in orders))


def _with_offset(column: RawColumn, reading: _Dates, zone: str | None) -> pd.DatetimeIndex:
    """Return moments in UTC, or without a zone where the texts have no offset; refuse a mixture."""
    offsets = offsets_of(reading.iso)
    # Times with and without an offset cannot be ordered.
    has_offset = offsets != ""
    difference = "has no offset" if has_offset[0] else "has an offset"
    what = f"{difference} from UTC, unlike the first time"
    column.refuse(has_offset != has_offset[0], what, "Give all times an offset, or none.")

    # Several offsets are clock changes of some zone, or several zones: only the user knows which.
    if zone is None:
        first = str(column.cells.iloc[0])
        column.refuse(
            offsets != offsets[0],
            f"has another offset than the first time {quoted(first)}",
            Remedy(
                "Say to which zone they are to be brought: that of the place, such as "
                "Europe/Berlin, whose days are then days, or {}.",
                {"time_zone": "UTC"},
            ),
        )
    return reading.moments if has_offset[0] else reading.moments.tz_localize(None)
