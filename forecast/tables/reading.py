"""Files of one's own: CSV and Parquet to a checked frame.

Longer than other modules because reading a file is one road: bytes, cells, moments and numbers, a
checked frame. All of it is private but `read`, and each refusal says the file, the column, the row
(as an editor counts them) and the value.
"""

from __future__ import annotations

import csv
import gzip
import io
import logging
import re
import zlib
from collections.abc import Hashable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from forecast.tables.frequency import infer_frequency
from forecast.tables.timeline import regularize
from forecast.validation import nearest

__all__ = ["read"]

_log = logging.getLogger(__name__)

_TIME_NAMES = ("timestamp", "datetime", "ds", "time", "date")
_DELIMITERS = ",;\t|"
_ISO_DATE = re.compile(r"\d{4}[-/]\d{1,2}([-/]\d{1,2}([T ].*)?)?$")
_OTHER_DATE = re.compile(
    r"\d{1,2}([./-])\d{1,2}\1\d{4}(?:[T ]+\d{1,2}:\d{2}(?P<seconds>:\d{2})?(?P<half>\s*[AaPp][Mm])?)?$"
)
_OFFSET = re.compile(r"[T ]\d{1,2}[\d:.]*\s*(Z|[+-]\d{2}(?::?\d{2})?)$")
_MISSING = ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None"]
_EPOCHS = (("s", 1e8, 1e11), ("ms", 1e11, 1e14), ("us", 1e14, 1e17), ("ns", 1e17, 1e19))


@dataclass(frozen=True)
class _Table:
    """The cells of a file, before anything is known about them."""

    file: str
    cells: pd.DataFrame
    rows: np.ndarray  # the number of each row in the file
    decimal: str = "."
    time: Hashable = None  # the columns that were a named index
    series: Hashable = None

    def refuse(self, wrong: Any, column: Hashable, what: str, remedy: str) -> None:
        """Refuse the first cell of `column` where `wrong`, shape (n_rows,), holds, if there is one."""
        wrong = np.asarray(wrong, dtype=bool)
        if wrong.any():
            row = int(np.argmax(wrong))
            value = self.cells[column].iloc[row]
            said = "the cell" if pd.isna(value) else repr(str(value))
            raise ValueError(
                f"{self.file}, row {self.rows[row]}, column {str(column)!r}: {said} {what}. {remedy}"
            )


def read(
    path: str | Path,
    time: str | None = None,
    series: str | None = None,
    time_zone: str | None = None,
    freq: str | None = None,
) -> pd.DataFrame:
    r"""Read a table of one or several series from a CSV or Parquet file, and check it.

    CSV may be delimited by comma, semicolon, tab or pipe (decimal commas are understood unless the
    comma delimits) and packed with gzip. Wide form has a time column and numeric columns; long form
    has a column with the names of the series, too. Numbers become float, True and False 1 and 0,
    empty cells (and NA, null, NaN, …) NaN. Columns of text are left out (the log says so at level
    INFO); where at least half of the cells are numbers, a string among them is refused.

    Times are ISO dates (2013-01-31 14:00), dates like 31.1.2013 or 1/31/2013 whose order the file
    makes clear, or epoch seconds (from 1973 on), milliseconds, … by their size. Epochs and times
    with an offset or Z become UTC. Smaller whole numbers stay numbers, but 20130131 is a date.

    Parameters
    ----------
    path : str or Path
        The file. What it holds decides, not its name.
    time : str or None, default=None
        The time column. None takes the named index of a Parquet file, else the column called
        timestamp, datetime, ds, time or date (first in this order; case, spaces and underscores do
        not count), else the first column that begins with a date, else none: rows are then numbered
        from 0.
    series : str or None, default=None
        The column with the names of the series. None takes a text column called "series", if there
        is one.
    time_zone : str or None, default=None
        The IANA zone ("Europe/Berlin") of times without an offset; times with one are converted to
        it.
    freq : str or None, default=None
        A pandas alias ("h", "D", …): bring the rows to this frequency with `regularize` (means of
        duplicates, NaN in holes) instead of refusing irregular ones.

    Returns
    -------
    DataFrame
        Numeric columns (float) under the index "timestamp", or (series, timestamp) in long form.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be opened.
    ValueError
        If the file is no table, a column is unknown or none numeric, a cell cannot be used, or the
        rows are not sorted, unique and regular: with the file and the column, row and value.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "sales.csv")
    ...     _ = path.write_text("shop;day;sold\nA;2024-01-01;1,5\nA;2024-01-02;\nA;2024-01-03;4\n")
    ...     read(path, series="shop").reset_index()
      series  timestamp  sold
    0      A 2024-01-01   1.5
    1      A 2024-01-02   NaN
    2      A 2024-01-03   4.0
    """
    table = _open(Path(path).expanduser(), series)
    key = _series_column(table, series)
    clock = _time_column(table, time, key)
    _log.info(
        "%s: times from %s, series from %s",
        table.file,
        clock or "the row number",
        key or "no column",
    )
    values, texts = _values(table, {clock, key})
    moments = _moments(table, clock, time_zone)
    frame = _assemble(values, moments, None if key is None else _series_names(table, key))
    return _regular(frame, table.file, freq, texts if key is None else [])


def _open(path: Path, series: str | None) -> _Table:
    """Read the bytes of a file and let them say what it is."""
    raw = _bytes(path)
    file = str(path)
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(
                f"{file} cannot be unpacked: {error}. Get a whole copy of it."
            ) from None
    table = _parquet(file, raw) if raw[:4] == b"PAR1" else _csv(file, _text(file, raw), series)
    if table.cells.empty:
        raise ValueError(
            f"{file} has column names, but no row below them. Give it at least 2 rows."
        )
    return table


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name one file in it.")
    if not path.exists():
        around = path.parent.iterdir() if path.parent.is_dir() else ()
        names = sorted(
            p.name for p in around if {".csv", ".parquet", ".tsv", ".txt"} & set(p.suffixes)
        )
        raise FileNotFoundError(
            f"there is no file {path}" + (f"; {nearest(path.name, names)}." if names else ".")
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise type(error)(f"{path} cannot be read: {error.strerror}.") from None


# --- from bytes to cells


def _parquet(file: str, raw: bytes) -> _Table:
    try:
        frame = pd.read_parquet(io.BytesIO(raw))
    except (ValueError, OSError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ValueError(
            f"{file} is no readable Parquet file: {reason}. Get a whole copy of it."
        ) from None
    time = series = None
    if isinstance(frame.index, pd.MultiIndex):
        if frame.index.nlevels != 2:
            raise ValueError(
                f"{file} has an index of {frame.index.nlevels} levels; give it (series, timestamp)."
            )
        frame.index = frame.index.set_names(
            [a or b for a, b in zip(frame.index.names, ("series", "timestamp"), strict=True)]
        )
        series, time = frame.index.names
    elif _tells_time(frame.index):
        time = frame.index.name = str(frame.index.name or "timestamp")
    frame.columns = frame.columns.map(str)
    cells = frame.reset_index(drop=time is None and frame.index.name is None)
    return _Table(file, cells, np.arange(1, len(frame) + 1), time=time, series=series)


def _tells_time(index: pd.Index) -> bool:
    """Whether the index of a Parquet file holds moments, rather than names or nothing."""
    if isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)):
        return True
    cells = index.to_series()
    return index.name is not None and (not _is_text(cells) or _begins_with_date(cells))


def _text(file: str, raw: bytes) -> str:
    if not raw.strip():
        raise ValueError(f"{file} is empty. Give it a row of column names and rows below.")
    for encoding in (
        ["utf-16"] if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    ):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text):
            return text
    raise ValueError(
        f"{file} is neither a CSV nor a Parquet file: it holds binary data. Export it as CSV."
    )


def _csv(file: str, text: str, series: str | None) -> _Table:
    delimiter = _delimiter(text)
    header, rows = _lines(file, text, delimiter)
    decimal = "." if delimiter == "," or not _has_decimal_comma(text, delimiter) else ","
    cells = pd.read_csv(
        io.StringIO(text, newline=""),
        sep=delimiter,
        names=header,
        header=0,
        index_col=False,
        decimal=decimal,
        skipinitialspace=True,
        dtype={} if series is None else {series: str},
        keep_default_na=False,
        na_values={
            name: _MISSING for name in header if name != series
        },  # a series may be called NA
        low_memory=False,  # one type for each column
    )
    rows = rows if len(rows) == len(cells) else np.arange(2, len(cells) + 2)
    return _Table(file, _without_blank(cells), rows, decimal)


def _delimiter(text: str) -> str:
    """Choose the delimiter under which most of the first rows have as many fields as the header."""
    best, delimiter = (0, 0), ","
    for candidate in _DELIMITERS:
        counts = [
            len(record) for record in islice(_records(text[:100_000], candidate), 50) if record
        ]
        rank = (sum(count == counts[0] for count in counts), counts[0])
        if counts[0] > 1 and rank > best:
            best, delimiter = rank, candidate
    return delimiter


def _records(text: str, delimiter: str, strict: bool = False) -> Any:
    stream = io.StringIO(text, newline="")
    return csv.reader(stream, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _lines(file: str, text: str, delimiter: str) -> tuple[list[str], np.ndarray]:
    """Return the column names and the number of each row in the file; refuse ragged rows."""
    records = _records(text, delimiter, strict=True)
    header: list[str] = []
    rows: list[int] = []
    start = 1
    try:
        for record in records:
            if record and (len(record) > 1 or record[0].strip()):
                if not header:
                    header = _names(file, record)
                elif len(record) != len(header):
                    raise ValueError(
                        f"{file}, row {start} has {len(record)} fields, but the header has {len(header)} "
                        f"(delimiter {delimiter!r}); the row begins with {record[0]!r}. Correct or remove it."
                    )
                else:
                    rows.append(start)
            start = records.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"{file}, row {start} cannot be read as CSV: {error}. Correct or remove it."
        ) from None
    return header, np.array(rows, dtype=int)


def _names(file: str, record: list[str]) -> list[str]:
    """Return the names of a header; refuse data in its place and names that stand twice."""
    names = [name.strip() or f"column {position}" for position, name in enumerate(record, 1)]
    if all(_is_number(name) or _is_date(name) for name in names):
        raise ValueError(
            f"{file}, row 1 holds data ({names[0]!r}, …) where column names belong. Add a header row."
        )
    for position, name in enumerate(names):
        if name in names[:position]:
            raise ValueError(f"{file}, row 1 has two columns called {name!r}. Rename one of them.")
    return names


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+([.,]\d*)?(e[+-]?\d+)?", text, re.IGNORECASE) is not None


def _is_date(cell: Any) -> bool:
    """Whether a cell begins like a date."""
    return bool(_ISO_DATE.match(str(cell).strip()) or _OTHER_DATE.match(str(cell).strip()))


def _has_decimal_comma(text: str, delimiter: str) -> bool:
    edge = re.escape(delimiter)
    return (
        re.search(rf'(?:^|{edge})[ "]*[+-]?\d+,\d+[ "]*(?:{edge}|$)', text, re.MULTILINE)
        is not None
    )


def _without_blank(cells: pd.DataFrame) -> pd.DataFrame:
    """Leave out columns without a name that hold nothing, or the row numbers that pandas and R write."""
    blank = [
        name
        for position, name in enumerate(cells.columns, 1)
        if name == f"column {position}" and (cells[name].isna().all() or _counts_rows(cells[name]))
    ]
    return cells.drop(columns=blank)


def _counts_rows(cells: pd.Series) -> bool:
    return (
        pd.api.types.is_integer_dtype(cells)
        and cells.iloc[0] in (0, 1)
        and bool((np.diff(cells) == 1).all())
    )


# --- from cells to columns


def _column(table: _Table, name: str, argument: str) -> str:
    if name not in table.cells.columns:
        raise ValueError(
            f"{table.file} has no column {name!r} ({argument}=); {nearest(name, table.cells.columns)}."
        )
    return name


def _series_column(table: _Table, series: str | None) -> Hashable:
    if series is not None:
        return _column(table, series, "series")
    if table.series is None and "series" in table.cells.columns and _is_text(table.cells["series"]):
        return "series"
    return table.series


def _is_text(cells: pd.Series) -> bool:
    return not pd.api.types.is_numeric_dtype(cells)


def _time_column(table: _Table, time: str | None, series: Hashable) -> Hashable:
    """Find the time column by the rule that `read` states; None where there is none."""
    if time is not None:
        if time == series:
            raise ValueError(
                f"{table.file}: column {time!r} cannot hold both the times and the series."
            )
        return _column(table, time, "time")
    if table.time is not None:
        return table.time
    names = [name for name in table.cells.columns if name != series]
    called = [
        name
        for word in _TIME_NAMES
        for name in names
        if re.sub(r"[\s_]", "", name).casefold() == word
    ]
    for name in called:
        if not _is_text(table.cells[name]) or _begins_with_date(table.cells[name]):
            return name
    return next(iter(called), None) or next(
        (n for n in names if _begins_with_date(table.cells[n])), None
    )


def _begins_with_date(cells: pd.Series) -> bool:
    first = cells.dropna().head(1)
    return _is_text(cells) and any(map(_is_date, first))


def _values(table: _Table, leave: set[Hashable]) -> tuple[pd.DataFrame, list[str]]:
    """Return the numeric columns as float, and the names of the text columns that are left out."""
    columns = {name: _numbers(table, name) for name in table.cells.columns if name not in leave}
    texts = [str(name) for name, numbers in columns.items() if numbers is None]
    values = pd.DataFrame(
        {name: numbers for name, numbers in columns.items() if numbers is not None}
    )
    if values.empty:
        found = "; ".join(
            f"{n!r} holds text like {str(table.cells[n].dropna().iloc[0])!r}" for n in texts
        )
        raise ValueError(
            f"{table.file} has no numeric column"
            + (f": {found}. " if found else ". ")
            + "Give it one to forecast."
        )
    if texts:
        _log.info("%s: left out the columns of text %s", table.file, ", ".join(map(repr, texts)))
    return values, texts


def _numbers(table: _Table, name: Hashable) -> np.ndarray | None:
    """Return a column as float; None for text, dates and the like."""
    cells = table.cells[name]
    if not _is_text(cells):
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    elif cells.isna().all():
        return np.full(len(cells), np.nan)
    elif cells.dtype.kind in "mM" or isinstance(cells.dtype, (pd.CategoricalDtype, pd.PeriodDtype)):
        return None
    else:
        numbers = _numbers_in_text(cells, table.decimal)
        wrong = cells.notna().to_numpy() & np.isnan(numbers)
        if 2 * wrong.sum() > cells.notna().sum():
            return None
        table.refuse(
            wrong, name, "is no number", "Correct it, or empty the cell where the value is missing."
        )
    table.refuse(np.isinf(numbers), name, "is not finite", "Correct it, or empty the cell.")
    return numbers


def _numbers_in_text(cells: pd.Series, decimal: str) -> np.ndarray:
    """Return NaN where a cell is no number; with decimal commas, a cell with a point is none."""
    cells = cells.astype(object)
    if decimal == ",":
        cells = cells.where(~cells.str.contains(".", regex=False, na=False), "").str.replace(
            ",", "."
        )
    try:
        return pd.to_numeric(cells, errors="coerce").to_numpy(np.float64)
    except TypeError:  # lists and other things that Parquet can hold
        return np.full(len(cells), np.nan)


def _series_names(table: _Table, series: Hashable) -> pd.Series:
    names = table.cells[series]
    texts = names.astype(str).str.strip()
    wrong = names.isna() | (texts == "")
    table.refuse(wrong, series, "names no series", "Say which series the row belongs to.")
    return texts if _is_text(names) else names


# --- from cells to moments


def _moments(table: _Table, name: Hashable, zone: str | None) -> pd.Index | None:
    """Turn the time column into an index; None where there is no time column."""
    if name is None:
        if zone is not None:
            raise ValueError(
                f"{table.file} has no time column for time_zone={zone!r}. Name it with time=."
            )
        return None
    cells = table.cells[name]
    table.refuse(cells.isna(), name, "is empty", "Give the row its time, or remove it.")
    if isinstance(cells.dtype, pd.PeriodDtype):
        index = pd.Index(cells)
    elif pd.api.types.is_datetime64_any_dtype(cells):
        index = pd.DatetimeIndex(cells)
    elif pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        index = _moments_of_numbers(table, name)
    else:
        index = _moments_of_text(table, name, zone)
    if zone is not None:
        index = _in_zone(table, name, index, zone)
    return index.rename("timestamp")


def _moments_of_numbers(table: _Table, name: Hashable) -> pd.Index:
    """Read epochs and dates like 20130131 by their size; keep smaller whole numbers."""
    numbers = table.cells[name].to_numpy(np.float64)
    size = np.abs(numbers)
    for unit, low, high in _EPOCHS:
        if ((low <= size) & (size < high)).all():
            if unit == "s":  # may have fractions
                numbers, unit = np.round(numbers * 1000), "ms"
            exact = table.cells[name].to_numpy() if unit in ("us", "ns") else numbers
            return pd.DatetimeIndex(exact.astype(np.int64).view(f"M8[{unit}]")).tz_localize("UTC")
    whole = "Give timestamps, epoch seconds or whole numbers."
    table.refuse(numbers % 1 != 0, name, "is neither a time nor a whole number", whole)
    table.refuse(
        (size >= 1e8) != (size[0] >= 1e8), name, "is of another size than the times above", whole
    )
    index = pd.Index(numbers.astype(np.int64))
    if ((numbers >= 1000_00_00) & (numbers < 3000_00_00)).all():
        days = pd.DatetimeIndex(pd.to_datetime(index.astype(str), format="%Y%m%d", errors="coerce"))
        table.refuse(days.isna(), name, "is no date", "Write it like 20130131.")
        return days
    return index


def _moments_of_text(table: _Table, name: Hashable, zone: str | None) -> pd.DatetimeIndex:
    """Read ISO dates with or without an offset, or dates in another order."""
    text = table.cells[name].astype(str).str.strip()
    if text.iloc[0].endswith(("UTC", "GMT")):
        text = text.str.replace(r"\s*(UTC|GMT)$", "Z", regex=True)
    if _OTHER_DATE.match(text.iloc[0]):
        return _other_dates(table, name, text)
    times = pd.DatetimeIndex(pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce"))
    table.refuse(times.isna(), name, "is no time", "Write times like 2013-01-31 14:00.")
    offsets = _offsets(text)
    aware = offsets != ""
    what = "has no offset from UTC, unlike" if aware[0] else "has an offset from UTC, unlike"
    table.refuse(
        aware != aware[0], name, f"{what} the first time", "Give all times an offset, or none."
    )
    if zone is None:
        remedy = (
            "Say to which zone they are to be brought: time_zone='UTC' (--time-zone) or another."
        )
        what = f"has another offset than the first time {text.iloc[0]!r}"
        table.refuse(offsets != offsets[0], name, what, remedy)
    return times if aware[0] else times.tz_localize(None)


def _offsets(text: pd.Series) -> np.ndarray:
    """Return the offset from UTC that each time ends with: "+0000" for Z, "" where there is none."""
    found = [match[1] if (match := _OFFSET.search(time)) else "" for time in text]
    plain = {
        offset: offset.replace(":", "").replace("Z", "+00").ljust(5, "0")
        for offset in set(found) - {""}
    }
    return np.array(
        [plain.get(offset, "").replace("-0000", "+0000") for offset in found], dtype=object
    )


def _other_dates(table: _Table, name: Hashable, text: pd.Series) -> pd.DatetimeIndex:
    """Read dates like 31.1.2013 or 1/31/2013 14:00; refuse them where the order is open."""
    first = _OTHER_DATE.match(text.iloc[0])
    assert first is not None
    sign, half = first[1], first["half"]
    seconds = ":%S" if first["seconds"] else ""
    clock = f" %I:%M{seconds} %p" if half else f" %H:%M{seconds}" if ":" in text.iloc[0] else ""
    orders = ["%d.%m.%Y"] if sign == "." else [f"%d{sign}%m{sign}%Y", f"%m{sign}%d{sign}%Y"]
    readings = [pd.to_datetime(text, format=order + clock, errors="coerce") for order in orders]
    best = min(readings, key=lambda times: int(times.isna().sum()))
    table.refuse(
        best.isna(), name, "is no time like those above", "Write times like 2013-01-31 14:00."
    )
    if len(orders) > 1 and readings[0].notna().all() and readings[1].notna().all():
        differs = readings[0] != readings[1]
        table.refuse(
            differs, name, "may begin with the day or the month", "Write dates like 2013-01-31."
        )
    return pd.DatetimeIndex(best)


def _in_zone(table: _Table, name: Hashable, index: pd.Index, zone: str) -> pd.DatetimeIndex:
    """Localize naive times, convert others; refuse the hours that a clock change repeats or leaves out."""
    if not isinstance(index, pd.DatetimeIndex):
        what = f"time_zone={zone!r} needs timestamps, not moments like {index[0]}"
        raise ValueError(f"{table.file}, column {str(name)!r}: {what}. Leave time_zone out.")
    if zone not in available_timezones():
        like = get_close_matches(zone, available_timezones(), n=3) or [
            "UTC",
            "Europe/Berlin",
            "Asia/Tokyo",
        ]
        raise ValueError(f"time_zone={zone!r} is no IANA time zone; {nearest(zone, like)}.")
    tz = ZoneInfo(zone)
    if index.tz is not None:
        return index.tz_convert(tz)
    first = np.ones(len(index), dtype=bool)
    twice = index.tz_localize(tz, ambiguous="NaT", nonexistent="shift_forward").isna()
    never = index.tz_localize(tz, ambiguous=first, nonexistent="NaT").isna()
    remedy = "Give UTC times or offsets, or {} that hour."
    table.refuse(twice, name, f"happened twice in {zone}: clocks went back", remedy.format("drop"))
    table.refuse(
        never, name, f"never happened in {zone}: clocks went forward", remedy.format("shift")
    )
    return index.tz_localize(tz)


# --- from columns to a checked frame


def _assemble(
    values: pd.DataFrame, moments: pd.Index | None, names: pd.Series | None
) -> pd.DataFrame:
    """Put the index to the values; in long form, one series after the other in order of appearance."""
    if names is None:
        return values if moments is None else values.set_index(moments)
    codes, _ = pd.factorize(names)
    if moments is None:
        moments = pd.Index(names.groupby(codes).cumcount())
    index = pd.MultiIndex.from_arrays(
        [pd.Index(names.tolist()), moments], names=["series", "timestamp"]
    )
    return values.set_index(index).iloc[np.argsort(codes, kind="stable")]


def _regular(frame: pd.DataFrame, file: str, freq: str | None, texts: list[str]) -> pd.DataFrame:
    """Refuse rows that are not sorted, unique and regular, or mend them with `freq`."""
    try:
        if freq is not None:
            frame = pd.DataFrame(regularize(frame, freq))
        infer_frequency(frame.index)
    except ValueError as error:
        mends = freq is None and isinstance(frame.index.get_level_values(-1), pd.DatetimeIndex)
        hint = (
            " With freq= (--freq), read does so itself." if mends and "frame" in str(error) else ""
        )
        if texts and not frame.index.is_unique:
            hint += f" If {texts[0]!r} tells several series apart, give series= (--series) {texts[0]!r}."
        raise ValueError(f"{file}: {error}{hint}") from None
    return frame
