"""Years with the number of a week or a quarter in one cell: 2013-05, 201305, 5/2013.

They are written like months: the name of the column tells them apart, or the rows do.
"""

from __future__ import annotations

import re
from collections.abc import Hashable

import numpy as np
import pandas as pd

from forecast.tables.reading.arrow_texts import groups, matches, series
from forecast.tables.reading.cells import RawColumn
from forecast.tables.reading.clocks import read_iso
from forecast.tables.reading.date_forms import forms_of
from forecast.tables.reading.digits import digits_of
from forecast.tables.reading.parts import part_of, plain_name
from forecast.wording import quoted

_YEAR = r"(?P<year>(?:1[89]|2[01])\d\d)"
_NUMBER = r"(?P<number>\d{1,2})"
_FORMS = (rf"{_YEAR}[-/ ]{_NUMBER}", rf"{_NUMBER}[-/ ]{_YEAR}", rf"{_YEAR}{_NUMBER}")
_BEFORE = r"^(?:iso|calendar|kalender|year|jahr|annee)+"  # yearweek, Kalenderwoche
_LETTERS = {"week": "W", "quarter": "Q"}  # of ISO weeks, and quarters as `date_forms` reads them
_N_QUARTERS = 4
_N_WEEKS = 52
_WEEK = pd.Timedelta(days=7)
_FILLED = 0.95  # share of the steps that are weeks: twelve months have 0.92, if read as weeks


def unit_of(name: Hashable, cells: pd.Series) -> str | None:
    """Return what the numbers behind the years of a column count, if that is no month.

    Parameters
    ----------
    name : label of the column
    cells : Series
        None of them missing.

    Returns
    -------
    {"week", "quarter"} or None
    """
    parts = _parts(cells)
    if parts is None:
        return None
    numbers = parts["number"].astype(int)
    unit = part_of(name) or part_of(re.sub(_BEFORE, "", plain_name(name)))
    if unit == "quarter":
        # 2013-01, 2013-04, …, 2013-10 are the months with which quarters begin.
        are_months = numbers.max() > _N_QUARTERS and (numbers % 3).nunique() == 1
        return None if are_months else unit
    if unit == "week":
        # 19012 may be a number like any other: kW is a unit, KW a week.
        is_short = matches(cells.astype(str), r"\d{5}").all()
        return None if is_short else unit
    return "week" if unit != "month" and _run_as_weeks(parts, numbers) else None


def read_units(column: RawColumn, unit: str) -> tuple[pd.DatetimeIndex, list[str]]:
    """Return the first days of weeks or quarters, and what there is to note.

    Parameters
    ----------
    column : RawColumn
    unit : {"week", "quarter"}
        Its `unit_of`.
    """
    parts = _parts(column.cells)
    assert parts is not None, "the column has a unit"
    iso = _first_days(parts, unit)
    column.refuse(iso == "", f"is no {unit} of its year", "Correct it.")
    moments, _ = read_iso(iso)
    return moments.tz_localize(None), [f"{quoted(str(column.name))} holds the {unit}s of years"]


def _parts(cells: pd.Series) -> pd.DataFrame | None:
    """Split cells into year and number; None where they have not one form."""
    first = str(cells.iloc[0]).removesuffix(".0") if len(cells) else ""
    form = next((form for form in _FORMS if re.fullmatch(form, first)), None)
    if form is None:
        return None
    digits = digits_of(cells)
    texts = cells.astype(str) if digits is None else digits
    if not matches(texts, form).all():
        return None
    found = groups(texts, form)
    return pd.DataFrame({name: series(found[name], texts.index) for name in ("year", "number")})


def _first_days(parts: pd.DataFrame, unit: str) -> pd.Series:
    """Write the first days in ISO order, "" where a year has no such week or quarter."""
    letter = _LETTERS[unit]
    form = forms_of(f"2013-{letter}1")[0]
    numbers = parts["number"].str.lstrip("0")
    return form.to_iso(parts["year"] + "-" + letter + numbers)


def _run_as_weeks(parts: pd.DataFrame, numbers: pd.Series) -> bool:
    """Whether cells are weeks by themselves: from 52 or 53 of a year they go on with 1."""
    if numbers.max() < _N_WEEKS or parts["year"].nunique() == 1:
        return False
    days = _first_days(parts.drop_duplicates(), "week")
    if (days == "").any():
        return False
    steps = np.diff(np.sort(pd.to_datetime(days)))
    return bool(np.mean(steps == _WEEK) > _FILLED)
