"""The numeric columns of a table as float."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple, NoReturn

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, Remedy
from forecast.tables.cells import LARGEST, unit_of
from forecast.tables.reading.arrow_texts import matches
from forecast.tables.reading.cells import RawColumn, RawTable, is_text
from forecast.tables.reading.clocks import is_clock
from forecast.tables.reading.decorations import Figures, bare_figures, is_dash, may_be_kelvin
from forecast.tables.reading.kinds import is_moment
from forecast.tables.reading.marks import common_sign, decimal_signs, remedy_of_marks, to_floats
from forecast.tables.reading.missing import (
    as_missing,
    mask_numbers,
    mask_words,
    refuse_sentinels,
)
from forecast.tables.reading.options import Options
from forecast.wording import quoted, some_phrases

_TRUTH = (
    ("true", "false"),
    ("yes", "no"),
    ("on", "off"),
    ("y", "n"),
    ("t", "f"),
    ("ja", "nein"),
    ("oui", "non"),
)
_AMOUNT = re.compile(r"[\W_]*\d")
# Objects that are numbers, as Parquet may hold them.
_NUMBERS = ("boolean", "decimal", "integer", "floating", "mixed-integer-float")


class Numbers(NamedTuple):
    """The numeric columns of a table as float, and what there is to say of them."""

    frame: pd.DataFrame
    notes: list[str]  # what was done to the cells, and which columns were left out
    doubtful: list[str]  # those on columns left out whose texts may have been meant as numbers
    decimal: str | None  # the decimal sign of the file, if it has one


class _Column(NamedTuple):
    """What is known of a column before its marks are: figures, or numbers already."""

    figures: Figures | None = None
    numbers: np.ndarray = np.empty(0)
    notes: tuple[str, ...] = ()
    text: str = ""  # why it is no column of numbers
    is_doubtful: bool = False  # whether that text may have been meant as numbers


def numeric_columns(table: RawTable, others: set[Hashable], options: Options) -> Numbers:
    """Return the numeric columns as float.

    Parameters
    ----------
    table : RawTable
    others : set of column labels
        The columns of the times and of the series, which are neither.
    options : Options

    Returns
    -------
    Numbers
        With a frame of shape (n_rows, n_columns).

    Raises
    ------
    InputError
        If a cell among numbers is none, is not finite or may be read in two ways, if a number
        seems to stand for a missing value, or if no column is numeric.
    """
    names = [name for name in table.cells.columns if name not in others]
    readings = {name: _read_column(table.column(name), options) for name in names}

    # The marks of thousands and decimals are one decision for the whole file.
    figures = {
        name: read.figures.texts for name, read in readings.items() if read.figures is not None
    }
    signs = decimal_signs(table, figures, options)
    values: dict[Hashable, np.ndarray] = {}
    notes = []
    for name, read in readings.items():
        if not read.text:
            values[name], found = _to_numbers(
                table.column(name), read, signs.get(name, "."), options
            )
            notes += [f"{quoted(str(name))}: {note}" for note in found]

    # A column of anything else is left out, and so it is said.
    refuse_sentinels(table.file, values, options)
    left_out = {name: read for name, read in readings.items() if read.text}
    if not values and options.how != "count":
        _refuse_no_numbers(table, {name: read.text for name, read in left_out.items()})
    said = {name: f"left out {quoted(str(name))} ({read.text})" for name, read in left_out.items()}
    doubtful = [said[name] for name, read in left_out.items() if read.is_doubtful]
    frame = pd.DataFrame(values, index=table.cells.index)
    return Numbers(frame, [*notes, *said.values()], doubtful, common_sign(signs))


def _refuse_no_numbers(table: RawTable, left_out: dict[Hashable, str]) -> None:
    """Refuse a table without a numeric column, and say what stands in the others."""
    said = [f"{quoted(str(name))} holds {why}" for name, why in left_out.items()]
    found = f": {some_phrases(said)}" if said else ""
    fault = f"{table.file} has no numeric column{found}."
    unread = [quoted(str(name)) for name in left_out if _holds_amounts(table.cells[name])]
    if unread:
        raise InputError(f"{fault} Write the numbers in {' and '.join(unread[:2])} like 1234.5.")
    raise InputError(
        fault,
        Remedy(
            "Give it one to forecast, or count its rows with {}.", {"freq": "D", "how": "count"}
        ),
    )


def _holds_amounts(cells: pd.Series) -> bool:
    """Whether the first cell begins with a number and is neither a date nor a name of digits."""
    filled = cells.dropna()
    first = str(filled.iloc[0]) if len(filled) else ""
    is_name = first.isdigit() or (is_moment(first) and not is_clock(first))
    return bool(_AMOUNT.match(first)) and not is_name


# --- one column


def _read_column(column: RawColumn, options: Options) -> _Column:
    """Take the figures out of a column of texts, the numbers out of a typed one."""
    cells = column.cells
    # Numbers, and booleans as 1 and 0.
    if not is_text(cells):
        return _Column(numbers=cells.to_numpy(dtype=np.float64, na_value=np.nan))
    # A column that is empty throughout may be filled in rows to come.
    if cells.isna().all():
        return _Column(numbers=np.full(len(cells), np.nan))
    kind = pd.api.types.infer_dtype(cells, skipna=True)
    if kind in _NUMBERS:
        return _Column(numbers=cells.astype(np.float64).to_numpy())
    if kind != "string":
        return _other(cells.dropna())
    return _read_texts(column, options)


def _read_texts(column: RawColumn, options: Options) -> _Column:
    """Take the figures out of a column of texts."""
    cells, missing = mask_words(column.cells, options)
    filled = cells.dropna()
    if filled.empty:
        return _Column(numbers=np.full(len(cells), np.nan), notes=tuple(missing))
    truth = _truth(cells, filled)
    if truth is not None:
        return truth

    if str(filled.iloc[0]).endswith("K") and may_be_kelvin(cells):
        _refuse_kelvin(column, filled)
    figures = bare_figures(cells)
    wrong = (cells.notna() & figures.texts.isna()).to_numpy()
    if wrong.any() and not _are_numbers(filled, cells[wrong]):
        return _other(filled)
    if figures.is_account:
        # Accountants write a dash for zero.
        is_said = column.cells.isin(options.missing or ())
        dashes = is_dash(column.cells) & ~is_said.to_numpy()
        what = "may be zero or missing"
        _refuse_unless_missing(column, dashes, what, options, "Write 0 in its place")
    what = "is no number like the others" if figures.notes else "is no number"
    _refuse_unless_missing(column, wrong, what, options)
    if _has_leading_zeros(figures.texts):
        return _Column(text=f"names of digits like {quoted(filled.iloc[0])}", is_doubtful=True)
    return _Column(figures, notes=(*figures.notes, *missing))


def _are_numbers(filled: pd.Series, wrong: pd.Series) -> bool:
    """Whether cells are numbers although some are none.

    One typing error does not make a column of numbers a column of text: most cells decide. But one
    word in many cells stands for a missing value, or for something that is to be said.
    """
    n_numbers = len(filled) - len(wrong)
    is_one_word = 10 * n_numbers >= len(filled) and wrong.nunique() == 1
    return n_numbers >= len(wrong) or is_one_word


def _refuse_kelvin(column: RawColumn, filled: pd.Series) -> NoReturn:
    """Refuse numbers of which each has a K behind it, with both of its meanings."""
    number = str(filled.iloc[0]).removesuffix("K")
    column.refuse(
        column.cells == filled.iloc[0],
        f"may be {number} thousand or {number} kelvin, as all cells of the column have a 'K'",
        "Write the numbers without 'K'.",
    )
    raise AssertionError("a cell has a K")


def _truth(cells: pd.Series, filled: pd.Series) -> _Column | None:
    """Read yes and no, true and false, … as 1 and 0; None where there is anything else."""
    if not str(filled.iloc[0]).isalpha():
        return None
    words = set(filled.str.casefold().unique())
    for pair in _TRUTH:
        # The word no alone may be Norway.
        if words == set(pair) or (pair[0] == "true" and words <= set(pair)):
            numbers = cells.str.casefold().map({pair[0]: 1.0, pair[1]: 0.0})
            note = f"{pair[0]} is 1, {pair[1]} is 0"
            return _Column(numbers=numbers.to_numpy(np.float64, na_value=np.nan), notes=(note,))
    return None


def _other(filled: pd.Series) -> _Column:
    """Say what a column holds that is none of numbers."""
    first = str(filled.iloc[0])
    if pd.api.types.infer_dtype(filled) == "string":
        return _Column(text=f"dates like {quoted(first)}") if is_moment(first) else _text(filled)
    is_time = filled.dtype.kind in "mM" or isinstance(filled.dtype, pd.PeriodDtype)
    return _Column(text=f"{'times' if is_time else 'values'} like {quoted(first)}")


def _text(filled: pd.Series) -> _Column:
    """Show a text, and one that may have been meant as a number."""
    with_digits = filled[filled.str.contains("[0-9]")]
    shown = [str(cell) for cell in [filled.iloc[0], *with_digits[:1]]]
    said = " and ".join(map(quoted, dict.fromkeys(shown)))
    return _Column(text=f"text like {said}", is_doubtful=len(with_digits) > 0)


def _has_leading_zeros(texts: pd.Series) -> bool:
    """Whether numbers are written like 007: they name something."""
    return bool(matches(texts, "0[0-9]{2,}").any())


def _to_numbers(
    column: RawColumn, read: _Column, decimal: str, options: Options
) -> tuple[np.ndarray, list[str]]:
    """Return a column as float, with its marks read and its factors multiplied."""
    numbers = read.numbers
    if read.figures is not None:
        texts = read.figures.texts
        numbers = to_floats(texts, decimal, options.thousands)
        wrong = texts.notna().to_numpy() & np.isnan(numbers)
        if wrong.any():  # the remedy takes two further readings
            what = f"is no number with {quoted(decimal)} as its decimal sign"
            column.refuse(wrong, what, remedy_of_marks(texts, options))
        numbers = numbers * read.figures.factors

    # A number may stand for a missing value; infinite ones can be nothing else.
    numbers, masked = mask_numbers(numbers, options)
    _refuse_unless_missing(column, np.isinf(numbers), "is not finite", options)
    _refuse_huge(column, numbers, options)
    return numbers, [*read.notes, *masked]


def _refuse_huge(column: RawColumn, numbers: np.ndarray, options: Options) -> None:
    """Refuse numbers whose squares cannot be summed."""
    is_huge = np.abs(numbers) > LARGEST
    if not is_huge.any():
        return
    unit = unit_of(float(numbers[is_huge][0]))
    what = f"is beyond {LARGEST:g}, so that sums of squares have no room for it"
    _refuse_unless_missing(column, is_huge, what, options, f"Divide the column by {unit}")


def _refuse_unless_missing(
    column: RawColumn, wrong: np.ndarray, what: str, options: Options, remedy: str = "Correct it"
) -> None:
    """Refuse the first wrong cell, and say how it would count as missing."""
    if not wrong.any():
        return
    word = str(column.cells[wrong].iloc[0])
    option = as_missing([word], options)
    if not option:
        column.refuse(wrong, what, f"{remedy}, or empty the cell where the value is missing.")
    or_missing = f"{remedy}, or give {{}} where it stands for a missing value."
    column.refuse(wrong, what, Remedy(or_missing, option))
