"""The table of a backtest can be cut between series, and its parts are cut at the same moments."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.evaluation import source as module
from forecast.evaluation.source import Source

MOMENTS = pd.date_range("2024-01-01", periods=12, freq="h")


@pytest.fixture
def small_blocks(monkeypatch):
    """Let a run of series end with its fifth row."""
    monkeypatch.setattr(module, "_ROWS_OF_A_BLOCK", 5)


def table(lengths):
    """Return X and y of series that end together, in a mixed order of rows."""
    names = [f"s{number}" for number in range(len(lengths))]
    pairs = [(name, t) for name, n in zip(names, lengths, strict=True) for t in MOMENTS[-n:]]
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_tuples([pairs[i] for i in rng.permutation(len(pairs))])
    y = pd.Series(rng.normal(size=len(index)), index, name="y").sort_index(level=1, kind="stable")
    return y.to_frame("x") * 2, y


@pytest.mark.usefixtures("small_blocks")
def test_blocks_are_runs_of_whole_series_that_follow_one_another():
    X, y = table([2, 2, 7, 3, 1, 4])
    whole = Source.of(X, y)
    blocks = [whole.block(number) for number in range(len(whole.blocks))]
    assert [name for block in blocks for name in block.names] == whole.names
    assert [block.first for block in blocks] == [start for start, _ in whole.blocks]
    # The series begin at rows 0, 7, 11, 14, 16 and 18: those of the same five rows are together.
    assert [len(block.order) for block in blocks] == [7, 4, 3 + 2, 2 + 1]
    assert_allclose(np.concatenate([block.actual for block in blocks]), whole.actual)
    for block in blocks:
        X_of_block, y_of_block = block.users_rows(np.arange(len(block.order)))
        assert_allclose(y_of_block, block.actual[:, 0])
        assert_allclose(X_of_block["x"], 2 * block.actual[:, 0])
        assert set(y_of_block.index.get_level_values(0)) == set(block.names)


@pytest.mark.usefixtures("small_blocks")
def test_blocks_count_the_moments_of_the_whole_table():
    whole = Source.of(*table([2, 12, 1]))
    for number in range(len(whole.blocks)):
        block = whole.block(number)
        assert block.moments is whole.moments
        assert block.frequency == whole.frequency
        start, stop = whole.blocks[number]
        own = (whole.series >= start) & (whole.series < stop)
        assert_array_equal(block.moment, whole.moment[own])
        assert_array_equal(block.training_lengths(3, 11), whole.training_lengths(3, 11)[start:stop])


def test_a_table_of_few_rows_is_one_block():
    whole = Source.of(*table([2, 12, 1]))
    assert whole.blocks == [(0, 3)]
    assert whole.block(0) is whole
