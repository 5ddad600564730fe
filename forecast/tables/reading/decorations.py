"""What stands around a number: currency, percent sign, unit, parentheses, K, M and B."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast.tables.reading.arrow_texts import matches
from forecast.tables.reading.marks import is_plain
from forecast.wording import quoted

_CURRENCY = (
    r"(?:US|R|A|C|NZ|HK|S|NT)?\$|[€£¥₹₽₩₺₴₪฿]|EUR|USD|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK"
    r"|kr\.?|Rs\.?|Fr\.|zł"
)

# 1234, 1,234, 1 234 and 12,34,567, with one more sign before decimals.
_GROUPS = "|".join(
    f"(?:{g}[0-9]{{3}})+|(?:{g}[0-9]{{2}})+{g}[0-9]{{3}}" for g in (r"\.", ",", " ", "'")
)
_WHOLE = f"(?:[0-9]{{1,3}}(?:{_GROUPS})|[0-9]+)"
_DIGITS = rf"(?:{_WHOLE}(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?"
_UNIT = r"[^0-9\s.,;:+\-()'/_#][^\s;:,()]*(?: [^\s0-9;:,()]+)*"
_CELL = (
    r"^(?P<open>\()?\s*(?P<sign>[+-])?\s*"
    rf"(?P<before>{_CURRENCY})?\s*(?P<open2>\()?\s*(?P<sign2>[+-])?\s*"
    rf"(?P<digits>{_DIGITS})(?P<sign3>(?<=[0-9])-)?"
    rf"(?P<gap>\s*)(?P<after>{_UNIT})?\s*(?P<close>\))?$"
)
_PLAIN = f"[+-]?(?:{_DIGITS})"
_BEGINNING = rf"[^0-9A-Za-z]*(?:{_CURRENCY})?[^0-9A-Za-z]*[0-9].*|[+-]?inf.*"
_KELVIN = f"[+-]?(?:{_DIGITS})K"
_DASH = rf"(?:{_CURRENCY})?\s*[-–—]"

# Signs that are typed in several ways; the last blanks are no-break, thin and narrow ones.
_ALIKE = {"^([(]?\\s*)[−–]": r"\1-", "[\u2019\u00b4`]": "'", "[\u00a0\u2007\u2009\u202f]": " "}

_FACTORS = {"K": 1e3, "M": 1e6, "B": 1e9, "BN": 1e9, "T": 1e12}
_SAID = {1e3: "a thousand", 1e6: "a million", 1e9: "a billion", 1e12: "a trillion"}


class Figures(NamedTuple):
    """A column of numbers without what stands around them.

    Parameters
    ----------
    texts : Series of str, length n_rows
        Signs, digits and marks; NaN where a cell is missing, or no number like the others.
    factors : array of shape (n_rows,) or float
        By which they are multiplied.
    notes : list of str
        What was left out, or became a factor.
    is_account : bool
        Whether amounts are written as accountants do, who mean zero by a dash.
    """

    texts: pd.Series
    factors: np.ndarray | float = 1.0
    notes: list[str] = []  # noqa: RUF012 - never changed
    is_account: bool = False


def bare_figures(cells: pd.Series) -> Figures:
    """Take the digits and marks out of a column of texts.

    Parameters
    ----------
    cells : Series of str, length n_rows
        NaN where a cell is missing.
    """
    # Most columns hold bare numbers or words, which need no splitting.
    n_filled = cells.notna().sum()
    if is_plain(cells) or matches(cells, _PLAIN).sum() == n_filled:
        return Figures(cells)
    if not matches(cells, _BEGINNING).any():
        return Figures(cells.mask(cells.notna()))

    # Most columns of text repeat a few: each of them is looked at once.
    codes, texts = pd.factorize(cells)
    parts = _parts(pd.Series(texts, dtype=object))
    parts = parts.iloc[np.where(codes < 0, len(parts) - 1, codes)]
    parts.index = cells.index
    parts[codes < 0] = ""

    # What stands behind the digits is a factor or a unit.
    is_number = parts["digits"] != ""
    if not is_number.any():
        return Figures(cells.mask(cells.notna()))
    has_factor, factors, notes = _read_factors(parts, is_number)
    if not has_factor:
        is_number, notes = _read_unit(parts, is_number)
    # What stands before them is a sign.
    is_negative = (parts["open"] + parts["open2"]) != ""
    signs = (parts["sign"] + parts["sign2"] + parts["sign3"]).mask(is_negative, "-")
    is_known = is_number & ~np.isnan(factors)
    figures = (signs + parts["digits"]).where(is_known)
    if is_negative.any():
        notes.append("parentheses are minus signs")
    if (parts["sign3"] != "").any():
        notes.append("a minus sign may follow its number")
    is_account = bool(is_negative.any() or (parts["before"] != "").any())
    return Figures(figures.astype(cells.dtype), factors, notes, is_account)


def may_be_kelvin(cells: pd.Series) -> bool:
    """Whether all cells are numbers with one K behind them: thousands, or temperatures."""
    is_k = matches(cells, _KELVIN)
    return bool(is_k.any() and is_k.sum() == cells.notna().sum())


def is_dash(cells: pd.Series) -> np.ndarray:
    """Whether each cell holds a dash, and perhaps a currency, in the place of a number."""
    return matches(cells, _DASH)


def _parts(texts: pd.Series) -> pd.DataFrame:
    """Return the parts of each cell, all of them empty where it is no number."""
    for pattern, sign in _ALIKE.items():
        texts = texts.str.replace(pattern, sign, regex=True)
    parts = texts.str.extract(_CELL).fillna("").astype(object)
    parts.loc[len(parts)] = ""

    # A parenthesis has its other half, and no sign beside it.
    opened = parts["open"] + parts["open2"]
    signs = opened + parts["sign"] + parts["sign2"] + parts["sign3"]
    is_closed = opened.str.len() == parts["close"].str.len()
    parts[~is_closed | (signs.str.len() > 1)] = ""
    return parts


def _read_factors(parts: pd.DataFrame, is_number: pd.Series) -> tuple[bool, np.ndarray, list[str]]:
    """Read K, M and B right behind the digits as factors, where no cell has another unit."""
    letters = parts["after"].str.upper()
    is_letter = letters.isin(list(_FACTORS)) & (parts["gap"] == "")
    is_bare = parts["after"] == ""
    is_known = is_letter | is_bare | ~is_number
    # m alone is a unit of length, T alone one of mass.
    used = [*parts["after"][is_letter].unique()]
    is_unit = len(used) == 1 and used[0] in ("m", "t", "T", "b")
    if not used or is_unit or not is_known.all() or parts["before"].nunique() > 2:
        return False, np.ones(len(parts)), []

    # A number without a letter is a small whole one: 950 beside 1.2K.
    factors = letters.map(_FACTORS).fillna(1.0).to_numpy(dtype=np.float64)
    is_small = parts["digits"].str.fullmatch("[0-9]{1,3}").to_numpy(dtype=bool)
    is_bare_number = (is_bare & is_number).to_numpy()
    factors = np.where(is_bare_number & ~is_small, np.nan, factors)
    notes = [f"{quoted(letter)} is {_SAID[_FACTORS[letter.upper()]]}" for letter in used]
    return True, factors, notes


def _read_unit(parts: pd.DataFrame, is_number: pd.Series) -> tuple[pd.Series, list[str]]:
    """Find what stands around most numbers; those that differ are no numbers like them."""
    around = parts["before"] + "…" + parts["after"]
    common = around[is_number].mode().iloc[0]
    before, _, after = common.partition("…")
    notes = [f"stripped {quoted(sign)}" for sign in (before, after) if sign]
    return is_number & (around == common), notes
