"""Figures of attention by their artists: places, labels, samples; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import AttentionDisplay
from forecast.exceptions import InputError, InputTypeError


def attention_of(targets, sources, sample=0):
    """Return a table of attention whose weights tell both places."""
    rows = [
        (sample, t, target, s, source, 0.1 * t + 0.01 * s)
        for t, target in enumerate(targets)
        for s, source in enumerate(sources)
    ]
    columns = ["sample", "target_place", "target", "source_place", "source", "weight"]
    return pd.DataFrame(rows, columns=columns)


def labels(ticks):
    return [label.get_text() for label in ticks]


def test_rows_are_of_the_target_and_columns_of_the_source():
    display = AttentionDisplay(attention_of("xy", "aba")).plot()
    (image,) = display.ax_.get_images()
    assert_allclose(image.get_array(), [[0, 0.01, 0.02], [0.1, 0.11, 0.12]])
    assert image.get_clim() == (0, 1)
    assert labels(display.ax_.get_xticklabels()) == ["a", "b", "a"]
    assert labels(display.ax_.get_yticklabels()) == ["x", "y"]
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("source", "target")
    assert isinstance(display.figure_, Figure)


def test_blanks_can_be_seen_and_words_stand_upright():
    axis = AttentionDisplay(attention_of(["un", "<end>"], [" ", "\n", 3])).plot().ax_
    assert labels(axis.get_xticklabels()) == ["␣", "↵", "3"]
    assert axis.get_xticklabels()[0].get_rotation() == 0
    axis = AttentionDisplay(attention_of(["un"], ["one", "two"])).plot().ax_
    assert axis.get_xticklabels()[0].get_rotation() == 90


def test_too_many_tokens_are_numbered():
    axis = AttentionDisplay(attention_of("x", "a" * 61)).plot().ax_
    assert "a" not in labels(axis.get_xticklabels())


def test_the_sample_is_chosen_by_its_place():
    table = pd.concat([attention_of("x", "ab", 4), attention_of("yz", "c", 7)])
    for sample in (1, -1):
        axis = AttentionDisplay(table).plot(sample=sample).ax_
        assert labels(axis.get_yticklabels()) == ["y", "z"]
    with pytest.raises(InputError, match="sample=2 is not in the table, which has 2"):
        AttentionDisplay(table).plot(sample=2)
    with pytest.raises(InputTypeError, match="whole number"):
        AttentionDisplay(table).plot(sample="x")


def test_it_is_drawn_where_the_caller_wants_it():
    axis = Figure().subplots()
    assert AttentionDisplay(attention_of("x", "a")).plot(axis).ax_ is axis


def test_it_asks_the_estimator():
    class Estimator:
        def attention(self, X, y):
            assert (X, y) == (["ab"], None)
            return attention_of("x", X[0])

    display = AttentionDisplay.from_estimator(Estimator(), ["ab"])
    assert labels(display.ax_.get_xticklabels()) == ["a", "b"]


def test_what_is_no_table_of_attention_is_refused():
    with pytest.raises(InputTypeError, match="attention must be a DataFrame"):
        AttentionDisplay(np.zeros((2, 2))).plot()
    with pytest.raises(InputError, match=r"attention lacks the columns \['weight'\]"):
        AttentionDisplay(attention_of("x", "a").drop(columns="weight")).plot()
    with pytest.raises(InputError, match="attention has no row"):
        AttentionDisplay(attention_of("", "a")).plot()
