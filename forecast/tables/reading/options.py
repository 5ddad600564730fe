"""What the user says of a file, where its own signs are not to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forecast.exceptions import InputError
from forecast.tables.reading.contents import MAX_BYTES
from forecast.tables.timeline import HOWS
from forecast.validation import check, integer
from forecast.wording import quoted

_CHOICES = {
    "how": HOWS,
    "decimal": (".", ","),
    "thousands": (".", ",", " ", "'", ""),
    "date_order": ("dmy", "mdy", "ymd"),
}


def options_of(
    time: str | Sequence[str] | None = None,
    series: str | Sequence[str] | None = None,
    missing: str | Sequence[str] | None = None,
    **others: Any,
) -> Options:
    """Return what is said of a file, where one name may stand for a list of one."""
    said = None if missing is None else _listed(missing)
    return Options(time=_listed(time), series=_listed(series), missing=said, **others)


def _listed(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one name, several or none as a tuple."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


@dataclass(frozen=True)
class Options:
    """What the user says of a file; None where the file decides.

    Parameters
    ----------
    time : tuple of str, default=()
        The columns that together hold the moments.
    series : tuple of str, default=()
        The columns that together name the series.
    time_zone : str, optional
        The IANA zone of times without an offset.
    freq : str, optional
        The pandas alias to which the rows are brought.
    how : str, optional
        What becomes of several rows in one step, as in `regularize`; None refuses them.
    fill : bool, default=False
        Whether gaps get the last value before them.
    decimal : {".", ","}, optional
    thousands : {".", ",", " ", "'", ""}, optional
        The sign between groups of three digits; "" is none.
    missing : tuple of str, optional
        The cells that stand for a missing value in a column of numbers, beside empty ones and the
        usual words (NA, null, ?, …). None also refuses numbers that look as if they did (-999); an
        empty tuple means that every number is one.
    date_order : {"dmy", "mdy", "ymd"}, optional
        The order of day, month and year in dates of numbers.
    sheet : str, optional
        Of an Excel workbook, the name of its sheet.
    query : str, optional
        Of a database, the SQL that gives the rows.
    only : tuple of names, default=()
        The series that are read; none for all.
    max_bytes : int
        What a file may hold, and what it may become once it is unpacked.
    usual_decimal, usual_order : optional
        The decimal sign and the order of dates where the file leaves them open, as those of an
        earlier file were.
    follows : bool, default=False
        Whether the rows follow others that have told the frequency: a single row need not.
    """

    time: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    time_zone: str | None = None
    freq: str | None = None
    how: str | None = None
    fill: bool = False
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] | None = None
    date_order: str | None = None
    sheet: str | None = None
    query: str | None = None
    only: tuple[Any, ...] = ()
    max_bytes: int = MAX_BYTES
    usual_decimal: str | None = None
    usual_order: str | None = None
    follows: bool = False

    def __post_init__(self) -> None:
        check(integer(1), self.max_bytes, "max_bytes")
        for name, choices in _CHOICES.items():
            said = getattr(self, name)
            if said is not None and said not in choices:
                listed = ", ".join(map(repr, choices))
                raise InputError(f"{name} must be one of {listed}; got {quoted(said)}.")
        # One sign cannot be both.
        if self.decimal is not None and self.decimal == self.thousands:
            raise InputError(
                f"decimal and thousands are both {quoted(self.decimal)}: give two signs."
            )
