"""Which models are drawn where there are more than four."""

import numpy as np
import pandas as pd
import pytest
from artists import table_of

from forecast.figures.choice import models_to_draw


# The error of each model is larger than that of the one before it.
@pytest.mark.parametrize(
    ("models", "expected"),
    [
        (["a", "b", "c", "naive", "lstm"], ["a", "b", "naive", "lstm"]),
        (["a", "b", "c", "d", "seasonal", "naive", "lstm"], ["a", "b", "seasonal", "lstm"]),
        (["lstm", "naive", "a", "b", "c"], ["lstm", "naive", "a", "b"]),
        (["a", "b", "c", "d", "e", "naive"], ["a", "b", "c", "naive"]),
        (["a", "naive"], ["a", "naive"]),
    ],
)
def test_the_best_two_the_better_naive_one_and_the_lstm_are_drawn(models, expected):
    assert models_to_draw(table_of(models=models)) == expected


def test_models_come_in_the_order_of_the_table():
    table = table_of(models=["a", "b", "c", "naive", "lstm"])
    rows = [table[table["model"] == name] for name in ["naive", "c", "b", "lstm", "a"]]
    assert models_to_draw(pd.concat(rows)) == ["naive", "b", "lstm", "a"]


def test_the_model_asked_for_is_drawn_in_any_case():
    assert models_to_draw(table_of(models="abcdef"), asked="f") == ["a", "b", "c", "f"]


def test_a_model_without_errors_comes_last():
    table = table_of(models="abcde")
    table.loc[table["model"] == "a", "forecast"] = np.nan
    assert models_to_draw(table) == ["b", "c", "d", "e"]


def test_without_any_actual_the_first_four_are_drawn():
    assert models_to_draw(table_of(models="abcde").assign(actual=np.nan)) == ["a", "b", "c", "d"]
