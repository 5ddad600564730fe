"""The rows of a CSV file that show what its columns hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from forecast.tables.reading.kinds import is_missing, is_moment, is_value, is_words

Record = tuple[int, list[str]]  # the number of a line in the file, and its fields


@dataclass(frozen=True)
class Body:
    """The rows from which the kinds of the columns are told.

    Parameters
    ----------
    rows : list of list of str
        All of one width.
    width : int
        Without columns at the end that are empty throughout.
    values, moments : tuple of int
        As in `Header`.
    """

    rows: list[list[str]]
    width: int
    values: tuple[int, ...]
    moments: tuple[int, ...]

    def is_as_wide(self, fields: list[str]) -> bool:
        """Whether a record is as wide as the rows, but for delimiters at the end of either."""
        if not fields or is_comment(fields) or len(fields) < self.width:
            return False
        return 0 < len(filled(fields)) <= len(self.rows[0])

    def is_named_by(self, fields: list[str]) -> bool:
        """Whether a record names the columns: there are words above values, and no moment."""
        cells = dict(enumerate(fields))
        if any(is_moment(cells.get(column, "")) for column in self.moments):
            return False
        above = [cells.get(column, "") for column in self.values]
        return not above or any(map(is_words, above))


def find_body(records: list[Record]) -> Body:
    """Take the records as wide as most, from the lower half: they show what columns hold."""
    full = [fields for _, fields in records if fields and not is_comment(fields)]
    lower = full[len(full) // 2 :]
    widths = [len(fields) for fields in lower]
    every = [len(fields) for fields in full]
    width = max(widths, key=lambda width: (widths.count(width), every.count(width), width))
    rows = [fields for fields in lower if len(fields) == width]
    values = _columns_of(rows, is_value)
    moments = _columns_of(rows, is_moment)
    return Body(rows, max(len(filled(fields)) for fields in rows), values, moments)


def _columns_of(rows: list[list[str]], is_kind: Callable[[str], bool]) -> tuple[int, ...]:
    """Return the columns where most cells that are not empty are of a kind."""
    found = []
    for column in range(len(rows[0])):
        cells = [fields[column] for fields in rows if not is_missing(fields[column])]
        kinds = [is_kind(cell) for cell in cells]
        if cells and 2 * sum(kinds) >= len(kinds):
            found.append(column)
    return tuple(found)


def is_comment(fields: list[str]) -> bool:
    """Whether a record is a comment."""
    return fields[0][:1] in ("#", "%") and not is_value(fields[0])


def filled(fields: list[str]) -> list[str]:
    """Return the fields without the empty ones at the end."""
    names = [field.strip() for field in fields]
    while names and not names[-1]:
        names.pop()
    return names
