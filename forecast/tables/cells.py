"""The cells of a user's table become floats; what is no number is refused by column, row and value.

Nothing is guessed: a text is no number even where it looks like one, and a date is never taken for
the count of nanoseconds that it is inside. True and False are 1 and 0, a missing value is NaN.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from forecast.exceptions import InputError, InputTypeError
from forecast.tables.timeline import is_default
from forecast.wording import quoted

LARGEST = 1e140  # up to which sums of squares, and squares of these, are finite


def as_pandas(table: Any) -> Any:
    """Return a table of polars or pyarrow as one of pandas, and any other as it is.

    Such a table has no index, so that one with a column of moments is refused: its rows would be
    numbered, and the moments lost.
    """
    if isinstance(table, (pd.DataFrame, pd.Series)) or not hasattr(table, "to_pandas"):
        return table
    frame = table.to_pandas()
    columns = frame.items() if isinstance(frame, pd.DataFrame) else ()
    for name, column in columns:
        first = _first_value(column)
        if _is_date(first):
            raise InputError(
                f"the column {name!r} holds moments ({first}), which only an index of pandas can "
                "say.",
                f"Use table.to_pandas().set_index({name!r}).",
            )
    return frame


def floats_of(table: Any, what: str) -> np.ndarray:
    """Return the values of a table as floats, with as many axes as it has.

    Parameters
    ----------
    table : DataFrame, Series or array-like
    what : {"X", "y"}
        What sentences call the table.

    Raises
    ------
    ValueError
        With the first value that is no number or is too large, its column and its row.
    """
    values = _floats(table, what)
    # Of a large table nothing is copied as long as its ends are no larger.
    if values.size and max(-np.fmin.reduce(values, None), np.fmax.reduce(values, None)) > LARGEST:
        is_huge = np.isfinite(values) & (np.abs(values) > LARGEST)
        if is_huge.any():
            _refuse_huge(table, values, is_huge, what)
    return values


def unit_of(value: float) -> str:
    """Return the power of ten that a value is measured in best."""
    exponent = int(np.floor(np.log10(abs(value))))
    return f"1e{exponent}"


def _refuse_huge(table: Any, values: np.ndarray, is_huge: np.ndarray, what: str) -> NoReturn:
    """Refuse the first value whose squares cannot be summed, whoever will read it."""
    place = tuple(np.argwhere(is_huge)[0])
    value = float(values[place])
    column = "" if len(place) < 2 else f"[{place[1]}]"
    if isinstance(table, pd.DataFrame):
        column = f"[{quoted(table.columns[place[1]])}]"
    row = table.index[place[0]] if isinstance(table, (pd.DataFrame, pd.Series)) else place[0]
    raise InputError(
        f"{what}{column} is {value:.3g} at row {row}, but sums of squares have no room for values "
        f"beyond {LARGEST:g}. Divide the column by {unit_of(value)}."
    )


def _floats(table: Any, what: str) -> np.ndarray:
    """Return the values of a table as floats."""
    if isinstance(table, pd.Series):
        return _column_of(table, what)
    if not isinstance(table, pd.DataFrame):
        return _floats_of_array(table, what)
    columns = [
        _column_of(table.iloc[:, place], f"{what}[{name!r}]")
        for place, name in enumerate(table.columns)
    ]
    return np.column_stack(columns) if columns else np.empty((len(table), 0))


def _floats_of_array(table: Any, what: str) -> np.ndarray:
    """Return the floats of an array or of nested lists."""
    try:
        array = np.asarray(table)
    except ValueError:
        raise InputError(
            f"the rows of {what} have different lengths. Give each row one value per column."
        ) from None
    if array.dtype.kind in "biuf" or not array.size:
        return array.astype(np.float64)
    # Another shape is refused for its shape, by whoever knows which one is wanted.
    if array.ndim not in (1, 2):
        return np.full(array.shape, np.nan)
    return _floats(pd.Series(array) if array.ndim == 1 else pd.DataFrame(array), what)


def _column_of(column: pd.Series, name: str) -> np.ndarray:
    """Return the floats of one column, (n_rows,)."""
    # A category is none of its values, even where these are numbers.
    is_category = isinstance(column.dtype, pd.CategoricalDtype)
    if column.dtype.kind in "biuf" and not is_category:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    # Whatever else a column may hold is looked at value by value.
    values = pd.Series(column.tolist(), column.index, dtype=object)
    is_missing = values.isna()
    is_number = values.map(_is_number).astype(bool) & (not is_category)
    wrong = values[~is_missing & ~is_number]
    if len(wrong):
        raise _refusal(wrong, name, has_moments=not is_default(column.index))
    return values.mask(is_missing, np.nan).to_numpy(dtype=np.float64)


def _refusal(wrong: pd.Series, name: str, has_moments: bool) -> InputError | InputTypeError:
    """Return the sentence on the values of a column that are no numbers, none of them missing."""
    texts = wrong.where(wrong.map(lambda value: isinstance(value, str)))
    # Where all are texts, the first that does not read as a number is the one to look at.
    unreadable = wrong[pd.to_numeric(texts, errors="coerce").isna()]
    if unreadable.empty:
        fault = _fault(name, wrong)
        return InputError(fault, f"Read its texts with pandas.to_numeric({name}).")
    value = unreadable.iloc[0]
    fault = _fault(name, unreadable)
    if isinstance(value, (complex, np.complexfloating)):
        return InputError(f"Complex data not supported: {fault}", "Give real numbers.")
    if _is_date(value):
        return InputError(fault, _remedy_of_dates(name, has_moments))
    if isinstance(value, (timedelta, np.timedelta64)):
        return InputError(fault, f"Make it seconds with {name}.dt.total_seconds().")
    if not isinstance(value, (str, int, float)):
        return InputTypeError(
            f"{fault} Every argument must be no string and no object but numbers."
        )
    if name.startswith("y"):
        return InputError(fault, "Mend or drop this row.")
    return InputError(
        fault, "Encode the column with scikit-learn's OneHotEncoder, or leave it out of X."
    )


def _fault(name: str, values: pd.Series) -> str:
    """Name the first of some values that are no numbers."""
    value = values.iloc[0]
    said = repr(value) if isinstance(value, str) else str(value)
    return f"{name} holds {said} in row {values.index[0]}, which is no number."


def _remedy_of_dates(name: str, has_moments: bool) -> str:
    """Say what to do with a column of dates, called as in ``X['day']``."""
    table, _, column = name.removesuffix("]").partition("[")
    if not column:
        return "Give the values to forecast as y, and their moments as its index."
    if not has_moments:
        return f"Make it the index with {table}.set_index({column})."
    return f"Leave it out of {table}, or give numbers made of it, such as {name}.dt.month."


def _first_value(column: pd.Series) -> Any:
    """Return the first value of a column that is not missing, None where all are."""
    values = column.dropna()
    return values.iloc[0] if len(values) else None


def _is_number(value: Any) -> bool:
    """Whether a value is a real number; True and False count as 1 and 0."""
    return isinstance(value, (Real, Decimal, np.bool_))


def _is_date(value: Any) -> bool:
    """Whether a value is a moment, a day or a period."""
    return isinstance(value, (date, np.datetime64, pd.Period))
