"""The decimal sign and the sign between thousands, decided by whole columns and the whole file.

1.234 is a thousand here and hardly more than one there. A column decides it where one of its cells
can be read in one way only (0.5; 12.34; 1.234.567; 1.234,5); else the other columns do.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecast.exceptions import Remedy
from forecast.tables.reading.arrow_texts import contain, matches, replaced
from forecast.tables.reading.cells import RawColumn, RawTable
from forecast.tables.reading.options import Options

_OTHER = {".": ",", ",": "."}
_SIGN = "[+-]?"
_EXPONENT = "[eE][+-]?[0-9]+"
_FLOAT = rf"{_SIGN}(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:{_EXPONENT})?|{_SIGN}inf"


def _decimal_pattern(sign: str, other: str) -> str:
    """Return the pattern of numbers in which a sign can only be the decimal one."""
    s = re.escape(sign)
    o = re.escape(other)
    forms = (
        # 12.3, 12.3456, 12.345e5: no three digits follow.
        f"[0-9]*{s}(?:[0-9]{{0,2}}|[0-9]{{4,}})",
        f"[0-9]*{s}[0-9]*{_EXPONENT}",
        # 0.123, .123, 1234.567: no group of thousands precedes.
        f"(?:|0[0-9]*|[0-9]{{4,}}){s}[0-9]{{3}}",
        # 1,234.567 and 1 234.567: another sign parts the thousands.
        f"[0-9]{{1,3}}(?:[{o} '][0-9]{{2,3}})+{s}[0-9]*",
    )
    return f"{_SIGN}(?:{'|'.join(forms)})"


_DECIMAL = {sign: _decimal_pattern(sign, other) for sign, other in _OTHER.items()}
# Numbers in which a sign can only part thousands: 1.234.567.
_THOUSANDS = {
    sign: f"{_SIGN}[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{2,3}})+{re.escape(sign)}[0-9]{{3}}"
    for sign in _OTHER
}

# Delimiters of files that are written with decimal points: by programs, or where the comma is none.
_OF_POINTS = (",", " ", "")


def decimal_signs(
    table: RawTable, figures: Mapping[Any, pd.Series], options: Options
) -> dict[Hashable, str]:
    """Decide the decimal sign of each column.

    Parameters
    ----------
    table : RawTable
    figures : dict of Series of str
        The cells of each column as digits and marks.
    options : Options

    Returns
    -------
    dict of {".", ","}
        Of the columns that have marks.

    Raises
    ------
    InputError
        If both readings of a column are possible.
    """
    found = {name: _marks_in(texts) for name, texts in figures.items()}
    marked = {name: marks for name, marks in found.items() if marks}
    said = options.decimal or _OTHER.get(options.thousands or "")
    if said:
        return dict.fromkeys(marked, said)
    certain = {name: _certain_sign(figures[name], marks) for name, marks in marked.items()}
    known = {sign for sign in certain.values() if sign}
    signs = {}
    for name, marks in marked.items():
        texts = figures[name]
        mark = certain[name] or marks[0]
        # What a column leaves open, the others decide where they agree.
        if certain[name] or options.thousands is not None:
            signs[name] = mark
        elif len(known) == 1:
            signs[name] = next(iter(known))
        elif not known and _is_point(table, texts, mark):
            signs[name] = "."
        elif options.usual_decimal is not None:
            signs[name] = options.usual_decimal
        else:
            _refuse_open(table.column(name), texts, mark)
    return signs


def common_sign(signs: Mapping[Any, str]) -> str | None:
    """Return the decimal sign that a file has; None where it has no marks, or both."""
    found = set(signs.values())
    return found.pop() if len(found) == 1 else None


def _certain_sign(texts: pd.Series, marks: list[str]) -> str | None:
    """Return the decimal sign that some cell proves, None where none does."""
    for sign in marks:
        other = _OTHER[sign]
        if matches(texts, _DECIMAL[sign]).any():
            return sign
        if matches(texts, _THOUSANDS[sign]).any():
            return other
    return None


def _marks_in(texts: pd.Series) -> list[str]:
    """Return the signs that stand in a column."""
    return [mark for mark in _OTHER if contain(texts, re.escape(mark)).any()]


def _is_point(table: RawTable, texts: pd.Series, mark: str) -> bool:
    """Whether a file is of a kind that has decimal points, and its thousands are not parted."""
    has_long = bool(matches(texts, f"{_SIGN}[0-9]{{5,}}").any())
    is_of_points = table.delimiter in _OF_POINTS and not table.is_quoted
    return has_long and is_of_points and mark == "."


def _refuse_open(column: RawColumn, texts: pd.Series, mark: str) -> None:
    """Refuse a column whose sign may be decimal or part thousands."""
    is_open = texts.str.contains(mark, regex=False, na=False)
    text = texts[is_open].iloc[0]
    small = float(text.replace(mark, "."))
    large = float(text.replace(mark, ""))
    other = _OTHER[mark]
    column.refuse(
        is_open,
        f"may be {small:g} or {large:,.0f}".replace(",", " "),
        Remedy("Give {} for the first, {} for the second.", {"decimal": mark}, {"decimal": other}),
    )


def to_floats(figures: pd.Series, decimal: str, thousands: str | None) -> np.ndarray:
    """Return texts of digits and marks as float, NaN where the marks are not in their places.

    Parameters
    ----------
    figures : Series of str, length n_rows
    decimal : {".", ","}
    thousands : str or None
        The sign between groups; "" allows none, None the other mark, blanks and apostrophes.
    """
    if decimal == "." and is_plain(figures):
        return _cast(figures)
    groups = f"{_OTHER[decimal]} '" if thousands is None else thousands
    texts = _without_groups(figures, decimal, groups)
    if decimal == ",":
        texts = texts.str.replace(",", ".", regex=False)
    # To Arrow a plus sign need not be a part of a number.
    bare = texts.where(matches(texts, _FLOAT)).str.removeprefix("+")
    return _cast(bare)


def remedy_of_marks(texts: pd.Series, options: Options) -> str | Remedy:
    """Say to leave out the marks that were given where the column has others, else to mend it."""
    marks = {"decimal": options.decimal, "thousands": options.thousands}
    given = [name for name, mark in marks.items() if mark is not None]
    filled = texts.dropna()
    fits = [not np.isnan(to_floats(filled, sign, None)).any() for sign in _OTHER]
    if not given or not any(fits):
        return "Write all numbers of the column alike."
    return Remedy("Leave out {}.", dict.fromkeys(given))


def is_plain(texts: pd.Series) -> bool:
    """Whether all texts are numbers as programs write them: 1, -2.5, 3e6."""
    try:
        _cast(texts)
    except pa.ArrowInvalid:
        return False
    return True


def _cast(texts: pd.Series) -> np.ndarray:
    """Return texts of plain numbers as float, exactly."""
    arrow = pa.array(texts, type=pa.string(), from_pandas=True)
    return pc.cast(arrow, pa.float64()).to_numpy(zero_copy_only=False)


def _without_groups(texts: pd.Series, decimal: str, groups: str) -> pd.Series:
    """Return numbers without the signs between groups of digits, NaN where they are misplaced."""
    whole = "[0-9]*"
    if groups:
        # 1,234,567, and 12,34,567 in India
        g = f"[{re.escape(groups)}]"
        whole += f"|[0-9]{{1,3}}(?:{g}[0-9]{{2,3}})*{g}[0-9]{{3}}"
    number = f"(?:{whole})(?:{re.escape(decimal)}[0-9]*)?(?:{_EXPONENT})?"
    kept = texts.where(matches(texts, f"{_SIGN}(?:{number}|inf)"))
    return replaced(kept, g, "") if groups else kept
