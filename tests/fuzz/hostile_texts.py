"""Hostile files and options: what accident, malice and other programs make of a small table.

Each kind takes a generator and returns the bytes of a file, the options with which it is read, and
the table that it means where that can be said without reading it.
"""

import csv
import gzip
import io
import json
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

N_ROWS = 40
_BUDGET = 1_000_000  # of what becomes far more than it is


class Hostile(NamedTuple):
    """A file, and how it is read."""

    content: bytes
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    truth: Any = None  # the only table that it may be read as; None where nobody knows


# --- the whole table


def _values(rng):
    """Draw the values of a table, as they are written."""
    return [f"{value:.2f}" for value in rng.normal(10, 3, N_ROWS)]


def _moments(freq="D"):
    """Return the moments of a table, as they are written."""
    form = "%Y-%m-%d" if freq == "D" else "%Y-%m-%d %H:%M:%S"
    return list(pd.date_range("2020-01-01", periods=N_ROWS, freq=freq).strftime(form))


def _csv(times, values):
    """Write a table of two columns."""
    lines = ["day,y", *(f"{a},{b}" for a, b in zip(times, values, strict=True))]
    return "\n".join(lines) + "\n"


def plain_table(content):
    """Read a strict table of days and numbers; None where a file is anything else."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("ascii")), strict=True))
        (first, second), *body = rows
        days = [datetime.strptime(day, "%Y-%m-%d") for day, _ in body]
        numbers = [float(number) for _, number in body]
    except (ValueError, UnicodeError, csv.Error):
        return None
    # What Python takes for a number need not be one: 1_0, nan.
    is_plain = all(set(number) <= set("0123456789.-") for _, number in body)
    steps = np.unique(np.diff(np.array(days, dtype="datetime64[D]")).astype(int))
    names = {"day", "y"}
    if not is_plain or {first, second} != names or list(steps) != [1]:
        return None
    return pd.DataFrame({"y": numbers}, index=pd.DatetimeIndex(days, name="timestamp"))


# --- one or all cells of it

_NAN = float("nan")
# Cells, and the numbers as which they may be read; where there is none, they have to be refused, to
# count as missing or to make their column one of text.
_CELLS = (
    *((digit * 400, ()) for digit in "19"),
    *((f"1e{size}", (float(f"1e{size}"),)) for size in (15, 100, 139, 141, 160, 200, 306, 308)),
    *((f"-1e{size}", (float(f"-1e{size}"),)) for size in (100, 200, 308)),
    *(("1e309", ()), ("-1e999999", ()), ("1e-400", (0.0,)), ("5e-324", (5e-324,))),
    *(("inf", ()), ("-Infinity", ()), ("~", ()), ("nan", (_NAN,)), ("NULL", (_NAN,))),
    *(("0x10", ()), ("1_000", ()), ("1e", (1.0,)), ("--1", ()), ("1.2.3", ()), ("+-1", ())),
    *(
        ("\u0663", (3.0,)),
        ("½", ()),
        ("\uff11\uff12", (12.0,)),
        ("1\u00a0000", (1000.0,)),
        ("1 2", ()),
    ),
    *(("x" * 5000, ()), ("'", ()), ('""""', ()), ("\u202e1", ()), ("=1+1", ()), ("@SUM(A1)", ())),
    *(("0" * 5000 + "1", ()), ("0." + "1" * 5000, (1 / 9,)), ("true", (1.0,)), ("2020-01-01", ())),
)
_FAR_MOMENTS = (
    *("1" + "0" * 19, str(2**63), str(2**64), "9" * 400, "1e19", "-1", "0", "", "1.5", "inf"),
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2020-02-30", "2020-13-01"),
    *("1677-09-21", "2262-04-12", "2520-01-05", "1020-01-05", "-2020-01-01", "NaT", "now", "today"),
    *("2020-01-05T99:99", "2020-01-05T24:00", "2020-01-05T00:00:00+99:99", "2020-01-05 00:00 XYZ"),
    *(
        "x" * 5000,
        "2020-W99",
        "2020-366",
        "31.12.2020",
        "1/2/3",
        "\u0662\u0660\u0662\u0660-01-05",
        "\uff12\uff10\uff12\uff10-01-05",
    ),
)


def cells(rng):
    """Put one hostile cell, or a column of them, in the place of values."""
    values = _values(rng)
    cell, meanings = _CELLS[rng.integers(len(_CELLS))]
    places = range(N_ROWS) if rng.random() < 0.3 else [int(rng.integers(N_ROWS))]
    for place in places:
        values[place] = cell
    content = _csv(_moments(), values).encode()
    options = {"missing": []} if rng.random() < 0.3 else {}
    # A number that overflows is none, and the table with it no table.
    numbers = [meanings[0] if value == cell and meanings else value for value in values]
    if not meanings:
        return Hostile(content, options, NEVER if "missing" in options else None)
    index = pd.DatetimeIndex(_moments(), name="timestamp")
    return Hostile(content, options, pd.DataFrame({"y": np.array(numbers, float)}, index))


def moments(rng):
    """Put a hostile moment, or a column of them, in the place of moments."""
    times = _moments(str(rng.choice(["D", "h", "s"])))
    moment = _FAR_MOMENTS[rng.integers(len(_FAR_MOMENTS))]
    if rng.random() < 0.3:
        times = [moment] * N_ROWS
    elif moment.isdigit() and rng.random() < 0.7:
        times = [str(int(moment) + step) for step in range(N_ROWS)]
    else:
        times[rng.integers(N_ROWS)] = moment
    how = {"how": "first"} if rng.random() < 0.2 else {}
    return Hostile(_csv(times, _values(rng)).encode(), how)


def years(rng):
    """Mistype the year of one row, or of all that follow."""
    freq = str(rng.choice(["D", "h", "min", "s"]))
    times = _moments(freq)
    place = int(rng.integers(1, N_ROWS))
    year = str(rng.choice(["2002", "2120", "2520", "9999", "0020", "1020"]))
    last = N_ROWS if rng.random() < 0.5 else place + 1
    times[place:last] = [year + time[4:] for time in times[place:last]]
    options = {"freq": freq} if rng.random() < 0.3 else {}
    return Hostile(_csv(times, _values(rng)).encode(), options)


# --- its bytes


def changed(rng):
    """Change some bytes: as accident does, and as whoever knows the signs of CSV does."""
    content = bytearray(_csv(_moments(), _values(rng)).encode())
    for _ in range(int(rng.integers(1, 5))):
        place = int(rng.integers(len(content)))
        signs = b'\x00\n\r",;\t|\xff\xc3 -.eE0149#%<[{'
        byte = signs[rng.integers(len(signs))] if rng.random() < 0.7 else int(rng.integers(256))
        match rng.integers(5):
            case 0:
                content[place] = byte
            case 1:
                content.insert(place, byte)
            case 2:
                del content[place : place + int(rng.integers(1, 20))]
            case 3:
                content[place:place] = bytes([byte]) * int(rng.integers(1, 3000))
            case _:
                content[place:place] = content[: int(rng.integers(200))]
        if not content:
            break
    content = bytes(content)
    return Hostile(content, truth=plain_table(content))


_SHAPES = (
    *(b"", b"\n", b" ", b"\x00", b",", b'"', b"\xef\xbb\xbf", b"\xff\xfe", b"a", b"1", b"a,b"),
    *(b"a\n1", b"day,y\n", b"\r", b"\t", b";", b"#", b"-", b"=", b"'", b"\\", b"a\n", b"1,2\n"),
    *(b"{}", b"[", b"[]", b"[{", b'{"a":', b"<a>", b"PAR1", b"PK\x03\x04", b"sep=;\n", b'="1"'),
    *(b'a\n"', b"a b ", b"%", b"\xc3", b"\x1f\x8b", b"2020-01-01,1\n", b"2020-01-01\n"),
)


def repeated(rng):
    """Repeat a few bytes up to a hundred thousand times, alone or around a table."""
    piece = _SHAPES[rng.integers(len(_SHAPES))]
    many = piece * int(10 ** rng.uniform(0, 5))
    table = _csv(_moments(), _values(rng)).encode()
    place = int(rng.integers(len(table)))
    around = (b"", b"", many + table, table + many, table[:place] + many + table[place:])
    chosen = around[rng.integers(len(around))] or many
    return Hostile(chosen, truth=plain_table(chosen))


def packed(rng):
    """Pack a file with gzip, and damage that, or pack far more than is given."""
    inner = draw(rng, (cells, changed, repeated))
    content = gzip.compress(inner.content, mtime=0)
    match rng.integers(6):
        case 0:
            content = content[: int(rng.integers(len(content)))]
        case 1:
            damaged = bytearray(content)
            damaged[rng.integers(len(damaged))] ^= 1 << int(rng.integers(8))
            content = bytes(damaged)
        case 2:
            content = gzip.compress(content, mtime=0)
        case 3:
            content += b"and more"
        case 4:
            piece = _SHAPES[1 + rng.integers(len(_SHAPES) - 1)]
            n_bytes = int(10 ** rng.uniform(5, 7.3))
            content = gzip.compress(piece * (n_bytes // len(piece)), 1, mtime=0)
            return Hostile(content, {"max_bytes": _BUDGET})
        case _:
            return Hostile(content, inner.options, inner.truth)
    return Hostile(content)


# --- other forms


def records(rng):
    """Write records of JSON with a hostile value in them, or what only begins like them."""
    values: tuple[Any, ...] = (
        *(10**400, 10**5000, -(10**20), 2**64, 1e308, -1e308, 1e200, float("nan"), float("inf")),
        *(True, None, "", "x" * 5000, "1e999", "\ud800", [1], {"a": 1}, "2020-01-01", 0),
    )
    value = values[rng.integers(len(values))]
    # Python writes only integers of so many digits, but reads of none more.
    said = "9" * 5000 if value == 10**5000 else json.dumps(value)
    key = "day" if rng.random() < 0.3 else "y"
    lines = [
        json.dumps({"day": day, "y": float(number)})
        for day, number in zip(_moments(), _values(rng), strict=True)
    ]
    line = json.dumps({"day": "2020-01-09", "y": 1.0} | {key: "HERE"}).replace('"HERE"', said)
    lines[8] = line
    deep = int(10 ** rng.uniform(1, 5))
    texts = (
        "\n".join(lines),
        f"[{','.join(lines)}]",
        "\n".join([line.replace("2020-01-09", day) for day in _moments()]),
        '[{"a":' + "[" * deep,
        '{"a":' * deep + "1" + "}" * deep,
        "[{}]" * int(rng.integers(1, 5)),
        "[" + "{}," * deep + "{}]",
        "\n".join([json.dumps({f"name {row}": row}) for row in range(deep)]),
    )
    chosen = rng.choice(len(texts), p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05])
    options = {"max_bytes": _BUDGET} if chosen == len(texts) - 1 else {}
    return Hostile(texts[chosen].encode(), options)


_COLUMNS = (
    pa.array([2**64 - 1] * N_ROWS, pa.uint64()),
    pa.array([10**30] * N_ROWS, pa.decimal128(38)),
    pa.array([10**70] * N_ROWS, pa.decimal256(76)),
    pa.array([b"\xff\x00"] * N_ROWS),
    pa.array([[1, 2]] * N_ROWS),
    pa.array([{"a": 1}] * N_ROWS),
    pa.array([None] * N_ROWS),
    pa.array([True, None] * (N_ROWS // 2)),
    pa.array(range(N_ROWS), pa.duration("s")),
    pa.array(range(N_ROWS), pa.time32("s")),
    pa.array(["a", "b"] * (N_ROWS // 2)).dictionary_encode(),
    pa.array([1e308, -1e308] * (N_ROWS // 2)),
    pa.array([1e200] * N_ROWS),
    pa.array([float("nan"), float("inf")] * (N_ROWS // 2)),
    pa.array(range(2**50, 2**50 + N_ROWS), pa.timestamp("s")),
    pa.array(range(2**62, 2**62 + N_ROWS), pa.timestamp("ns")),
    pa.array(range(N_ROWS), pa.timestamp("us", tz="Europe/Berlin")),
    pa.array(range(2**29, 2**29 + N_ROWS), pa.date32()),
    pa.array([0] * N_ROWS, pa.timestamp("ms")),
    pa.array(range(N_ROWS), pa.int8()),
    pa.array([["x" * 100, None][i % 2] for i in range(N_ROWS)]),
)


def parquet(rng):
    """Write Parquet with columns that no table has, many rows in few bytes, or damage."""
    options = {}
    days = pa.array(pd.date_range("2020-01-01", periods=N_ROWS))
    column = _COLUMNS[rng.integers(len(_COLUMNS))]
    names = ["day", "y"] if rng.random() < 0.8 else ["y", "y"]
    table = pa.table([days, column], names=names)
    if rng.random() < 0.3:
        table = pa.table([column, pa.array(range(N_ROWS))], names=["time", "y"])
    elif rng.random() < 0.2:
        n_rows = int(10 ** rng.uniform(3, 6))
        table = pa.table({"y": pa.array(np.zeros(n_rows))})
        options = {"max_bytes": _BUDGET}
    elif rng.random() < 0.1:
        table = table.slice(0, int(rng.integers(2)))
    written = io.BytesIO()
    pq.write_table(table, written)
    content = bytearray(written.getvalue())
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(1, 4))):
            # Its description stands at the end.
            place = len(content) - 1 - int(rng.integers(min(len(content), 1000)))
            content[place] = int(rng.integers(256))
    return Hostile(bytes(content), options)


_CELLS_OF_SHEET = (10**300, -1e308, "=1/0", "x" * 5000, True, None, datetime(1900, 1, 1), 1e200)


def workbook(rng):
    """Write an Excel workbook with odd cells, one far from the others, or damage."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["day", "y"])
    for day, value in zip(_moments(), _values(rng), strict=True):
        sheet.append([datetime.fromisoformat(day), float(value)])
    options = {}
    cell = _CELLS_OF_SHEET[rng.integers(len(_CELLS_OF_SHEET))]
    place = (int(rng.integers(1, N_ROWS)), int(rng.integers(1, 4)))
    if rng.random() < 0.2:
        place = (int(10 ** rng.uniform(2, 5)), int(10 ** rng.uniform(0, 4.2)))
        options = {"max_bytes": _BUDGET}
    sheet.cell(*place).value = cell
    written = io.BytesIO()
    book.save(written)
    content = bytearray(written.getvalue())
    if rng.random() < 0.4:
        for _ in range(int(rng.integers(1, 4))):
            content[rng.integers(len(content))] = int(rng.integers(256))
    return Hostile(bytes(content), options)


# --- options

_ODD = {
    "freq": (
        *("0h", "0D", "-1D", "ns", "us", "ms", "s", "h", "D", "99999999999D", "9" * 400 + "h", ""),
        *("MS+99D", "MS+-1D", "MS+14D", "MS+", "W-XYZ", "h" * 1000, "1e9h", "B", "C", "QS", "YE"),
        *("WOM-1MON", "BQS-FOO", "NaT", "2h30min", "1.5h", "0.0000001ns", "bh", "cbh", "LWOM-SUN"),
        *("W", "SMS", "SMS-15", "SMS-99", "10000YE", "YE-DEC", "-h", "FY5253-N-SAT-NOV-4", "D+D"),
    ),
    "how": ("mean", "sum", "count", "nonsense", "", "first", "median"),
    "decimal": (",", ".", "x", "", ",,"),
    "thousands": (",", ".", "", " ", "1"),
    "missing": (["1"], [], ["9" * 5000], ["nan"], ["-"], ["\x00"], ["1e400"]),
    "time": ("y", "day", "nowhere", "", ("day", "day"), ("day", "y"), ("y", "day", "y"), "x" * 999),
    "series": ("y", "day", "nowhere", "", ("y", "y"), ("day", "y"), "x" * 999),
    "time_zone": ("UTC", "Europe/Berlin", "nowhere", "", "../UTC", "x" * 999, "UTC+99", "\x00"),
    "date_order": ("dmy", "mdy", "ymd", "", "x"),
    "fill": (True,),
    "sheet": ("x", ""),
    "max_bytes": (0, -1, 1, 10, 10**6, 10**30, 1.5, "x", True),
}


def said(rng):
    """Give a table that is right options that are not, or not for it."""
    table = _csv(_moments(str(rng.choice(["D", "h", "s"]))), _values(rng)).encode()
    if rng.random() < 0.3:
        spread = pd.date_range("1800-01-01", periods=N_ROWS, freq="5YS").strftime("%Y-%m-%d")
        table = _csv(spread, _values(rng)).encode()
    names = rng.choice(list(_ODD), size=rng.integers(1, 3), replace=False)
    options = {name: _ODD[name][rng.integers(len(_ODD[name]))] for name in map(str, names)}
    return Hostile(table, options)


KINDS = (cells, moments, years, changed, repeated, packed, records, parquet, workbook, said)
NEVER = "refused, or left out"


def draw(rng, kinds=KINDS):
    """Draw a hostile file."""
    return kinds[rng.integers(len(kinds))](rng)
