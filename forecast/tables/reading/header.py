"""The header of a CSV file: its names, and the lines around them that are no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from forecast.exceptions import InputError
from forecast.tables.reading.across import refuse_across
from forecast.tables.reading.kinds import is_missing, is_moment, is_value, is_words
from forecast.tables.reading.records import Record
from forecast.wording import quoted

_MAX_LINES = 4  # of a header, with its units


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
        The columns whose cells look like numbers or moments, and those that look like moments.
    """

    rows: list[list[str]]
    width: int
    values: tuple[int, ...]
    moments: tuple[int, ...]

    def is_as_wide(self, fields: list[str]) -> bool:
        """Whether a record is as wide as the rows, but for delimiters at the end of either."""
        if not fields or _is_comment(fields) or len(fields) < self.width:
            return False
        return 0 < len(_filled(fields)) <= len(self.rows[0])

    def is_named_by(self, fields: list[str]) -> bool:
        """Whether a record names the columns: there are words above values, and no moment."""
        cells = dict(enumerate(fields))
        if any(is_moment(cells.get(column, "")) for column in self.moments):
            return False
        above = [cells.get(column, "") for column in self.values]
        return not above or any(map(is_words, above))


def find_body(file: str, records: list[Record]) -> Body:
    """Take the records as wide as most, from the lower half: they show what columns hold."""
    full = [fields for _, fields in records if any(map(str.strip, fields))]
    full = [fields for fields in full if not _is_comment(fields)]
    if not full:
        raise InputError(f"{file} holds no table. Give it a row of column names and rows below.")
    lower = full[len(full) // 2 :]

    # Of widths that are as frequent there, the more frequent one in all counts, then the larger.
    counts = Counter(map(len, lower))
    every = Counter(map(len, full))
    widest = max(counts, key=lambda width: (counts[width], every[width], width))
    rows = [fields for fields in lower if len(fields) == widest]
    width = max(len(_filled(fields)) for fields in rows)
    return Body(rows, width, _columns_of(rows, is_value), _columns_of(rows, is_moment))


def _columns_of(rows: list[list[str]], is_kind: Callable[[str], bool]) -> tuple[int, ...]:
    """Return the columns where most cells that are not empty are of a kind."""
    found = []
    for column in range(len(rows[0])):
        cells = [fields[column] for fields in rows if not is_missing(fields[column])]
        kinds = [is_kind(cell) for cell in cells]
        if cells and 2 * sum(kinds) >= len(kinds):
            found.append(column)
    return tuple(found)


def _is_comment(fields: list[str]) -> bool:
    """Whether a record is a comment."""
    return fields[0][:1] in ("#", "%") and not is_value(fields[0])


def _filled(fields: list[str]) -> list[str]:
    """Return the fields without the empty ones at the end."""
    names = [field.strip() for field in fields]
    while names and not names[-1]:
        names.pop()
    return names


@dataclass(frozen=True)
class Header:
    """What stands above the first row.

    Parameters
    ----------
    names : list of str
        One for each column, "" where the header has none.
    row : int
        The line of the file with the first names.
    first : int
        How many of the records that were given stand above the first row.
    body : Body
    notes : tuple of str
        What was passed over.
    """

    names: list[str]
    row: int
    first: int
    body: Body
    notes: tuple[str, ...] = ()


def find_header(file: str, records: list[Record]) -> Header:
    """Find the header above the first rows.

    Parameters
    ----------
    file : str
        The path, as sentences call it.
    records : list of Record
        The beginning of the file; a blank line has no fields.

    Raises
    ------
    InputError
        If data stand where names belong, a second table begins, or the names do not fit the rows.
    """
    body = find_body(file, records)
    # The first line as wide as the rows is the header, unless it is a row itself.
    wide = [place for place, (_, fields) in enumerate(records) if body.is_as_wide(fields)]
    top = wide[0]
    if not body.moments:
        refuse_across(file, records[top][0], _filled(records[top][1]))
    if not body.is_named_by(records[top][1]):
        return _without_header(file, records, top, body)
    top = _below_metadata(file, records, top, body)
    names = _filled(records[top][1])

    # Lines of units, or further lines of names, may follow it.
    first = top + 1
    for _, fields in records[top + 1 :]:
        if not _continues(fields, max(len(names), body.width), body):
            break
        first += 1
    # More than a few are rows, in which something else than a value stands.
    if first - top > _MAX_LINES:
        first = top + 1
    names, passed = _join_names(names, records[top + 1 : first])

    # Whatever is no name was passed over.
    notes = [
        *said_lines(records[:top], "above the header"),
        *said_lines(passed, "below the header"),
    ]
    return Header(names, records[top][0], first, body, tuple(notes))


def said_lines(records: list[Record], where: str) -> list[str]:
    """Say in one note how many lines were passed over, and how the first one begins."""
    full = [fields for _, fields in records if any(map(str.strip, fields))]
    if not full:
        return []
    # Three cells of the first line show which ones they are.
    cells = [cell for cell in full[0] if cell.strip()]
    listed = ", ".join(map(quoted, cells[:3]))
    dots = "" if len(full) == 1 and len(cells) <= 3 else ", …"
    noun = "line" if len(full) == 1 else "lines"
    return [f"passed over {len(full)} {noun} {where} ({listed}{dots})"]


def _continues(fields: list[str], n_columns: int, body: Body) -> bool:
    """Whether a record below the first names holds units or names, and no value."""
    n_filled = len(_filled(fields))
    if not body.values or n_columns == 1 or not 0 < n_filled <= n_columns:
        return False
    above = [fields[column] for column in body.values if column < len(fields)]
    if any(map(is_value, above)):
        return False
    # Where words begin the rows, words beside the values make it one of them.
    beside = [cell for column, cell in enumerate(fields) if column not in body.values]
    is_row = 0 not in body.values and any(map(is_words, beside))
    return not is_row and any(map(is_words, above))


def _below_metadata(file: str, records: list[Record], top: int, body: Body) -> int:
    """Return the place of the header below a block of metadata and a blank line, else `top`."""
    for place in range(top + 2, len(records) - 1):
        row, fields = records[place]
        is_below_blank = not records[place - 1][1]
        if not is_below_blank or not body.is_as_wide(fields):
            continue
        if any(map(is_value, fields)) or not body.is_named_by(fields):
            continue
        # Two blocks with moments in them are two tables.
        above = [cell for _, cells in records[top + 1 : place] for cell in cells]
        if any(map(is_moment, above)):
            raise InputError(
                f"{file} holds two tables: the second one begins in row {row} "
                f"({quoted(fields[0])}). Keep one of them."
            )
        return place
    return top


def _without_header(file: str, records: list[Record], top: int, body: Body) -> Header:
    """Name the columns of a file whose first line is a row, from a comment or by position."""
    row, fields = records[top]
    commented = _commented_names(records[:top], body)
    if commented is not None:
        names, place = commented
        others = records[:place] + records[place + 1 : top]
        notes = said_lines(others, "beside the header")
        return Header(names, records[place][0], top, body, tuple(notes))

    # A line of several cells that is wider or narrower than the rows belongs to them.
    for place in range(top - 1, -1, -1):
        other, cells = records[place]
        if len(cells) > 1 and not _is_comment(cells):
            raise InputError(
                f"{file}: row {other} has {len(cells)} fields, but row {row} has {len(fields)}. "
                "Give each column one name, and put cells with a delimiter in quotes."
            )

    # A date is no name of a column: it says that the row is one.
    if not any(is_moment(fields[column]) for column in body.moments):
        raise InputError(
            f"{file}, row {row} holds data ({quoted(fields[body.values[0]])}, …) where column "
            "names belong. Add a header row."
        )
    names = [f"column {position}" for position in range(1, body.width + 1)]
    notes = [*said_lines(records[:top], "above the first row")]
    notes.append(f"no header: the columns are called {quoted(names[0])} to {quoted(names[-1])}")
    return Header(names, row, top, body, tuple(notes))


def _commented_names(records: list[Record], body: Body) -> tuple[list[str], int] | None:
    """Find names in a comment, as numpy and weather services write them, and its place."""
    for place, (_, fields) in enumerate(records):
        if not fields or not _is_comment(fields):
            continue
        names = _uncommented(fields)
        is_fitting = body.width <= len(names) <= len(body.rows[0])
        if is_fitting and not any(map(is_value, names)):
            return names, place
    return None


def _uncommented(fields: list[str]) -> list[str]:
    """Return the fields of a comment without its sign."""
    first = fields[0].lstrip("#% ")
    return _filled([first, *fields[1:]] if first else fields[1:])


def _join_names(names: list[str], below: list[Record]) -> tuple[list[str], list[Record]]:
    """Join lines of names where the first alone does not tell the columns apart.

    Return the names, and the lines that were not needed for them.
    """
    # A line with nothing but its first cell names the first column, as pandas writes it.
    lines = [fields for _, fields in below]
    if lines and len(_filled(lines[-1])) == 1:
        first = lines.pop()[0].strip()
        names = [first, *names[1:]]
    named = [name for name in names if name]
    n_unnamed = len(names) - len(named)
    width = max((len(_filled(fields)) for fields in lines), default=0)
    is_told_apart = len(set(named)) == len(named) and n_unnamed < 2 and width <= len(names)
    if is_told_apart or not lines:
        return names, below[: len(lines)]

    # Else each column is called by all that stands above it: Close AAPL, Close MSFT.
    names = names + [""] * (width - len(names))
    joined = _joined(names, lines)
    if len(set(joined)) == len(joined):
        return joined, []
    # A name over several columns stands above the first of them.
    spread = names[:1]
    for name in names[1:]:
        spread.append(name or (spread[-1] if len(spread) > 1 else ""))
    return _joined(spread, lines), []


def _joined(names: list[str], lines: list[list[str]]) -> list[str]:
    """Join the names of each column, the first column being called by its first name."""
    joined = [names[0] or lines[0][0].strip()]
    for column, name in enumerate(names[1:], 1):
        further = [fields[column].strip() for fields in lines if column < len(fields)]
        parts = dict.fromkeys(filter(None, [name, *further]))
        joined.append(" ".join(parts))
    return joined
