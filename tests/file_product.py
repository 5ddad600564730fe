"""Files from the product of all that programs do differently, and the table that each was made of.

A recipe names one level of each factor: half of the files are plain in it, so that ordinary files
and rare meetings are both in the sample. The numbers are drawn as whole numbers of their last place
and written by the signs of the recipe, so that the truth never passes through a parser.
"""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from file_dates import FORMS

BLANKS = " "  # runs of blanks
MARKERS = ("none", "", "NA", "?", ".", "-", "M", "-9999", "N/A")

FACTORS = {
    "delimiter": (",", ";", "\t", "|", BLANKS),
    "decimal": (".", ","),
    "thousands": ("", ".", ",", " ", "\u00a0", "'"),
    "date": tuple(FORMS),
    "header": ("plain", "none", "lines above", "comments", "units", "sep=", "three lines"),
    "footer": ("none", "blank lines", "source", "total"),
    "missing": MARKERS,
    "order": ("ascending", "newest first", "shuffled"),
    "values": ("small", "large", "whole", "negative", "fractions", "three places"),
    "dress": ("{}", "{}", "${}", "{} €", "{}%", "{} %", "{}M", "({})", "−{}"),
    "layout": ("one column", "three columns", "long", "with notes"),
    "said": ("all", "nothing"),
    "encoding": ("utf-8", "utf-8-sig", "utf-16", "cp1252"),
    "ends": ("\n", "\r\n", "\n without the last"),
    "tail": ("none", "delimiters"),
    "quotes": ("needed", "all"),
}

# Factors of which every second file has the first level.
MOSTLY_PLAIN = (
    "thousands",
    "header",
    "footer",
    "missing",
    "order",
    "dress",
    "layout",
    "encoding",
    "tail",
)

# The lowest and the highest value, in units of the last place, and the number of places.
VALUES = {
    "small": (0, 1_000, 1),
    "large": (100_000, 1_000_000_000, 2),
    "whole": (0, 9_999, 0),
    "negative": (-5_000, 5_000, 1),
    "fractions": (0, 9_999, 3),  # some begin with 0, so that three places are no group
    "three places": (
        1_000,
        999_999,
        3,
    ),  # all look like thousands: open, unless another column says
}


@dataclass(frozen=True)
class Recipe:
    """One level of each factor."""

    delimiter: str
    decimal: str
    thousands: str
    date: str
    header: str
    footer: str
    missing: str
    order: str
    values: str
    dress: str
    layout: str
    said: str
    encoding: str
    ends: str
    tail: str
    quotes: str

    def levels(self):
        """Return the level of each factor by name."""
        return asdict(self)


class Written(NamedTuple):
    """A file, what it was made of, and what its owner would say of it."""

    content: bytes
    truth: pd.DataFrame  # index timestamp, or (series, timestamp); naive, UTC where the form is so
    keywords: dict  # of read, said at once
    answers: dict  # of read, said when asked


# --- recipes


def draw(rng):
    """Draw a recipe that some program could have followed."""
    while True:
        recipe = Recipe(**{name: _level(name, rng) for name in FACTORS})
        if not any(is_impossible(recipe) for is_impossible in IMPOSSIBLE):
            return recipe


def _level(name, rng):
    """Draw a level of one factor."""
    levels = FACTORS[name]
    if name in MOSTLY_PLAIN and rng.random() < 0.5:
        return levels[0]
    return levels[rng.integers(len(levels))]


def _one_sign_means_two(recipe):
    """A sign cannot divide both groups and places."""
    return recipe.decimal == recipe.thousands


def _blanks_divide_cells(recipe):
    """Where blanks divide the cells, no cell holds one, none is empty, and none is quoted."""
    example = FORMS[recipe.date].cells(pd.Timestamp("2018-01-31"), pd.Timestamp("2018-02-01"))
    signs = (*example, recipe.thousands, recipe.dress)
    holds_blank = any(" " in sign or "\u00a0" in sign for sign in signs)
    has_signs = recipe.header == "sep=" or recipe.tail != "none" or recipe.quotes == "all"
    has_gaps = recipe.missing == "" or recipe.header == "three lines"
    has_texts = recipe.footer == "total" and recipe.layout in ("long", "with notes")
    return recipe.delimiter == BLANKS and (holds_blank or has_signs or has_gaps or has_texts)


def _three_lines_head_columns_of_values(recipe):
    """The header of three lines names measures and tickers: of a wide table with one index."""
    is_wide = recipe.layout in ("one column", "three columns")
    return recipe.header == "three lines" and not (is_wide and FORMS[recipe.date].columns == 1)


def _the_sign_is_unknown_to_the_encoding(recipe):
    """Windows knows no minus but the hyphen."""
    return recipe.encoding == "cp1252" and "−" in recipe.dress


IMPOSSIBLE = (
    _one_sign_means_two,
    _blanks_divide_cells,
    _three_lines_head_columns_of_values,
    _the_sign_is_unknown_to_the_encoding,
)


# --- tables


def write(recipe, rng):
    """Write a table by a recipe."""
    form = FORMS[recipe.date]
    truth, texts = _table(recipe, form, rng)
    names = _names(recipe, form, truth, rng)
    rows = _rows(recipe, form, truth, texts)
    order = _order(recipe, truth, rng)
    lines = [*_head(recipe, names), *(rows[row] for row in order), *_foot(recipe, truth)]
    keywords, answers = _said(recipe, form, names)
    return Written(_bytes(recipe, lines), truth, keywords, answers)


def _table(recipe, form, rng):
    """Draw moments and numbers: the truth, and the texts of the numbers of each row."""
    freq = form.freqs[rng.integers(len(form.freqs))]
    n = int(rng.integers(12, 40))
    start = pd.Timestamp("1990-01-01") + pd.Timedelta(days=int(rng.integers(12_000)))
    moments = pd.date_range(start, periods=n, freq=freq)
    series = ["Köln", "Ulm"] if rng.random() < 0.5 else ["7", "12"]
    index = moments
    if recipe.layout == "long":
        index = pd.MultiIndex.from_product([series, moments], names=["series", "timestamp"])

    kinds = [recipe.values]
    if recipe.layout == "three columns":
        kinds += list(rng.choice(list(VALUES), size=2))
    columns, texts = {}, []
    for name, kind in zip(("load", "price", "Wärme"), kinds, strict=False):
        columns[name], written = _column(recipe, kind, len(index), rng)
        texts.append(written)
    return pd.DataFrame(columns, index=index), list(zip(*texts, strict=True))


def _column(recipe, kind, n, rng):
    """Draw numbers and write them, missing ones by the marker."""
    low, high, places = VALUES[kind]
    units = rng.integers(low, high, size=n)
    written = [_number(int(unit), places, recipe) for unit in units]
    scale = 6 if recipe.dress == "{}M" else 0
    numbers = np.array([float(f"{unit}e{scale - places}") for unit in units])
    if recipe.missing != "none":
        gaps = rng.choice(n, size=max(3, n // 12), replace=False)
        numbers[gaps] = np.nan
        for gap in gaps:
            written[gap] = recipe.missing
    return numbers, written


def _number(unit, places, recipe):
    """Write a number by the signs of the recipe."""
    whole, part = divmod(abs(unit), 10**places)
    text = f"{whole:,}".replace(",", recipe.thousands)
    if places:
        text += f"{recipe.decimal}{part:0{places}}"
    # Signs that stand for minus dress negative numbers, all others every number.
    if recipe.dress in ("({})", "−{}"):
        return recipe.dress.format(text) if unit < 0 else text
    return recipe.dress.format(f"-{text}" if unit < 0 else text)


def _order(recipe, truth, rng):
    """Return the order of the rows: within each moment the series keep theirs, unless shuffled."""
    order = np.arange(len(truth))
    if recipe.layout == "long" and rng.random() < 0.5:
        order = order.reshape(2, -1).T.ravel()  # moment after moment, rather than series by series
    if recipe.order == "newest first":
        return order[::-1]
    return rng.permutation(order) if recipe.order == "shuffled" else order


# --- lines


def _names(recipe, form, truth, rng):
    """Return the names of all columns in their order in the file."""
    times = list(form.names)
    if form.columns == 1:
        times = [times[rng.integers(len(times))]]
    series = ["store"] if recipe.layout == "long" else []
    notes = ["note"] if recipe.layout == "with notes" else []
    return [*times, *series, *truth.columns, *notes]


def _rows(recipe, form, truth, texts):
    """Write the rows of the truth."""
    moments = truth.index.unique("timestamp") if recipe.layout == "long" else truth.index
    ends = moments[1:].append(pd.DatetimeIndex([moments[-1] + (moments[1] - moments[0])]))
    cells = [form.cells(*pair) for pair in zip(moments, ends, strict=True)]
    names = truth.index.get_level_values(0) if recipe.layout == "long" else ()
    lines = []
    for row, numbers in enumerate(texts):
        series = [names[row]] if recipe.layout == "long" else []
        notes = [("measured", "estimated, see below")[row % 7 == 3]]
        notes = notes if recipe.layout == "with notes" else []
        lines.append(_line(recipe, [*cells[row % len(moments)], *series, *numbers, *notes]))
    return lines


def _line(recipe, cells):
    """Join cells, quoted where they have to be or where the recipe quotes all."""
    if recipe.delimiter == BLANKS:
        return "  ".join(cell.replace(", see below", "") for cell in cells)
    quoted = []
    for cell in cells:
        is_quoted = recipe.delimiter in cell or (recipe.quotes == "all" and cell != "")
        quoted.append(f'"{cell}"' if is_quoted else cell)
    return recipe.delimiter.join(quoted) + (2 * recipe.delimiter if recipe.tail != "none" else "")


def _head(recipe, names):
    """Write what stands above the rows."""
    header = _line(recipe, names)
    n_times = FORMS[recipe.date].columns
    n_texts = n_times + (recipe.layout == "long")
    units = ["-" if n < n_texts else "(MW)" for n in range(len(names))]
    tickers = ["Ticker"] + ["SPY"] * (len(names) - 1)
    return {
        "plain": [header],
        "none": [],
        "lines above": ["Category: All categories", "", header],
        "comments": ["# station: 4711", "# made on 2024-02-01", header],
        "units": [header, _line(recipe, units)],
        "sep=": [f"sep={recipe.delimiter}", header],
        "three lines": [
            _line(recipe, ["Price", *names[1:]]),
            _line(recipe, tickers),
            _line(recipe, [names[0], *[""] * (len(names) - 1)]),
        ],
    }[recipe.header]


def _foot(recipe, truth):
    """Write what stands below the rows."""
    if recipe.footer == "blank lines":
        return ["", ""]
    if recipe.footer == "source":
        return ["", "Source: the office of statistics"]
    if recipe.footer == "none":
        return []
    form = FORMS[recipe.date]
    places = [VALUES[recipe.values][2]] + [1] * (truth.shape[1] - 1)
    sums = np.nansum(truth.to_numpy(), axis=0)
    cells = ["Total"] + [""] * (form.columns - 1 + (recipe.layout == "long"))
    scale = 1e6 if recipe.dress == "{}M" else 1
    for total, n in zip(sums / scale, places, strict=True):
        cells.append(_number(round(total * 10**n), n, recipe))
    if recipe.delimiter == BLANKS:
        cells = [cell or "-" for cell in cells]
    return [_line(recipe, cells + [""] * (recipe.layout == "with notes"))]


def _bytes(recipe, lines):
    """Join and encode lines."""
    end = recipe.ends.split(" ")[0]
    text = end.join(lines) + ("" if recipe.ends.endswith("last") else end)
    return text.encode(recipe.encoding)


def _said(recipe, form, names):
    """Return what the owner says at once, and what when asked."""
    markers = () if recipe.missing == "none" else (recipe.missing,)
    answers = {
        "decimal": recipe.decimal,
        "thousands": recipe.thousands.replace("\u00a0", " "),
        "missing": markers,
        "date_order": form.order,
    }
    if recipe.header != "none":
        answers["time"] = ",".join(names[: form.columns])
        answers["series"] = "store" if recipe.layout == "long" else None
    says_series = recipe.said == "all" and answers.get("series")
    return ({"series": "store"} if says_series else {}), answers
