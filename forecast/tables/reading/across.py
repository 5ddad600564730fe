"""Tables whose moments run across the columns: months below years, items below dates."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forecast.exceptions import InputError
from forecast.tables.reading.kinds import is_moment, is_value
from forecast.tables.reading.month_names import month_number
from forecast.wording import quoted

_YEAR = re.compile(r"(?:1[89]|2[01])\d\d")
_FEWEST = 2  # one column may be called 2013


def refuse_across(file: str, row: int, names: Sequence[str]) -> None:
    """Refuse names of columns most of which are years, months or dates.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    row : int
        The line of the names.
    names : sequence of str
        Of a table without a column of moments.

    Raises
    ------
    InputError
        If moments run across the columns. The first column is called otherwise: it holds what they
        are of, such as the month.

    Examples
    --------
    >>> refuse_across("my.csv", 1, ["month", "sold"])
    >>> refuse_across("my.csv", 1, ["month", "2021", "2022", "2023"])
    Traceback (most recent call last):
        ...
    forecast.exceptions.InputError: my.csv, row 1: the columns are called by moments ('2021', …), \
but one row for each moment is needed. Write each value in a row of its own, with its whole time \
(year and month, …) in one column.
    """
    if not names or is_value(names[0]):
        return
    moments = [name for name in names[1:] if _names_moment(name)]
    is_most = 2 * len(moments) > len(names) - 1
    is_told_apart = len(set(moments)) == len(moments)
    if len(moments) < _FEWEST or not is_most or not is_told_apart:
        return
    raise InputError(
        f"{file}, row {row}: the columns are called by moments ({quoted(moments[0])}, …), but one "
        "row for each moment is needed. Write each value in a row of its own, with its whole time "
        "(year and month, …) in one column."
    )


def _names_moment(name: str) -> bool:
    """Whether a column is called by a year, a month or a date."""
    if _YEAR.fullmatch(name) or is_moment(name):
        return True
    return month_number(name) is not None
