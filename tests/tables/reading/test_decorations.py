"""Currency, percent signs, units, parentheses and K, M, B are taken off and said."""

import numpy as np
import pandas as pd
import pytest

from forecast.tables.reading.decorations import bare_figures, is_dash, may_be_kelvin


def bare(cells):
    return bare_figures(pd.Series(cells, dtype="str"))


@pytest.mark.parametrize(
    ("cells", "texts", "notes"),
    [
        (["1", "-2.5", None], ["1", "-2.5", None], []),
        (["$98.64", "$1,234.5", None], ["98.64", "1,234.5", None], ["stripped '$'"]),
        (["-$98.64", "$-5"], ["-98.64", "-5"], ["stripped '$'"]),
        (["1.234,56 €", "-5 €"], ["1.234,56", "-5"], ["stripped '€'"]),
        (["CHF 1'234.50", "CHF 5"], ["1'234.50", "5"], ["stripped 'CHF'"]),
        (["CHF 1’234.50", "CHF 5"], ["1'234.50", "5"], ["stripped 'CHF'"]),
        (["12 %", "13%"], ["12", "13"], ["stripped '%'"]),
        (["236 µg/m³", "12.5 µg/m³"], ["236", "12.5"], ["stripped 'µg/m³'"]),
        (["760 mm Hg", "755 mm Hg"], ["760", "755"], ["stripped 'mm Hg'"]),
        (["273 K", "274 K"], ["273", "274"], ["stripped 'K'"]),
        (["5m", "7m"], ["5", "7"], ["stripped 'm'"]),
        (["10\u00a0062,9", "1\u2009234", "1\u202f234"], ["10 062,9", "1 234", "1 234"], []),
        (["−5", "–6", "+7"], ["-5", "-6", "+7"], []),
        (["(1,234)", "5"], ["-1,234", "5"], ["parentheses are minus signs"]),
        (["1.000,50-", "5"], ["-1.000,50", "5"], ["a minus sign may follow its number"]),
        (["5- €", "6 €"], ["-5", "6"], ["stripped '€'", "a minus sign may follow its number"]),
        (["($5)", "$6"], ["-5", "6"], ["stripped '$'", "parentheses are minus signs"]),
        (["$ (5)", "$ 6"], ["-5", "6"], ["stripped '$'", "parentheses are minus signs"]),
    ],
)
def test_what_stands_around_all_numbers_is_taken_off(cells, texts, notes):
    figures = bare(cells)
    assert figures.texts.fillna("-").tolist() == [text or "-" for text in texts]
    assert figures.notes == notes
    assert np.all(figures.factors == 1)


@pytest.mark.parametrize(
    ("cells", "factors", "note"),
    [
        (["68.35M", "9M"], [1e6, 1e6], "'M' is a million"),
        (["3.2K", "950", "0"], [1e3, 1, 1], "'K' is a thousand"),
        (["1B", "2.5M", "1.1bn"], [1e9, 1e6, 1e9], "'B' is a billion"),
        (["$3.2k", "$1.1m"], [1e3, 1e6], "'k' is a thousand"),
    ],
)
def test_letters_of_size_are_factors(cells, factors, note):
    figures = bare(cells)
    assert list(figures.factors) == factors
    assert figures.notes[0] == note
    assert figures.texts.notna().all()


@pytest.mark.parametrize(
    "cells",
    [
        ["236 kg", "12 kg", "1 t"],
        ["236 kg", "12 kg", "5"],
        ["$5", "$6", "7"],
        ["$5", "$6", "€7"],
        ["12 %", "13 %", "14"],
        ["68.35M", "9M", "68.35"],  # not a small whole number
        ["1", "2", "(3"],
        ["1", "2", "(-3)"],
        ["1", "2", "5.-"],
        ["1", "2", "12:30"],
        ["1", "2", "31.12.2018"],
        ["1", "2", "abc"],
        ["1", "2", "1 23"],
    ],
)
def test_a_cell_unlike_the_others_is_no_number(cells):
    assert bare(cells).texts.isna().tolist() == [False, False, True]


@pytest.mark.parametrize("cells", [["A1", "A2"], ["10:00", "11:00"], ["1/2/2013", "1/3/2013"]])
def test_names_clocks_and_dates_are_no_numbers(cells):
    assert bare(cells).texts.isna().all()


def test_a_dash_may_be_an_amount():
    assert list(is_dash(pd.Series(["-", "$ -", "€–", "-5", None], dtype="str"))) == [
        *[True] * 3,
        *[False] * 2,
    ]
    assert bare(["$5"]).is_account
    assert bare(["(5)"]).is_account
    assert not bare(["5 kg"]).is_account


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["293.1K", None, "-5K"], True),
        (["1,234.5K", "2K"], True),
        (["293.1K", "950"], False),
        (["1.2K", "1.2M"], False),
        (["1.2k", "3k"], False),
        (["$1.2K", "$3K"], False),
        (["293.1 K", "294 K"], False),
        ([None, None], False),
    ],
)
def test_one_k_behind_every_number_may_be_kelvin(cells, expected):
    assert may_be_kelvin(pd.Series(cells, dtype="str")) is expected
