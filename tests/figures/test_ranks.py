"""The figure of mean ranks by its artists."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from artists import DATES, legend, title
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import NaiveForecaster, RankDisplay, RollingOrigin, backtest, friedman_nemenyi


def ranking_of(*means, rows=30):
    """Rank models whose losses have these means."""
    losses = np.random.default_rng(0).normal(means, size=(rows, len(means)))
    names = [f"model {i}" for i in range(len(means))]
    return friedman_nemenyi(pd.DataFrame(losses, columns=names))


@pytest.fixture(scope="module")
def ranking():
    return ranking_of(0.0, 3.0, 0.2, 0.1)


@pytest.fixture(scope="module")
def display(ranking):
    return RankDisplay(ranking).plot()


def test_the_best_model_is_on_top(ranking, display):
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == list(ranking.ranks.index)
    assert display.ax_.yaxis_inverted()


def test_bars_are_as_long_as_the_critical_difference(ranking, display):
    near, worse = display.ax_.containers
    assert_allclose(near.lines[0].get_xdata(), ranking.ranks[:3])
    assert_allclose(worse.lines[0].get_xdata(), ranking.ranks[3:])
    assert_allclose(worse.lines[0].get_ydata(), [3])
    (bar,) = worse.lines[2][0].get_segments()
    assert_allclose(np.ptp(bar[:, 0]), ranking.critical_difference)


def test_words_tell_the_test_and_the_number_of_comparisons(ranking, display):
    assert legend(display.ax_) == ["best, or not told from it", "worse"]
    assert display.ax_.get_xlabel().startswith("mean rank in 30 comparisons")
    said = f"Whether the models' ranks differ: Friedman p = {ranking.p_value:.2g}"
    assert title(display.ax_) == said


def test_the_names_of_many_models_do_not_overlap():
    display = RankDisplay(ranking_of(*range(18))).plot()
    display.figure_.draw_without_rendering()
    labels = [label.get_window_extent() for label in display.ax_.get_yticklabels()]
    for upper, lower in pairwise(labels):
        assert lower.y1 <= upper.y0


def test_ranks_of_a_backtest_on_given_axes():
    y = pd.Series(np.random.default_rng(0).normal(size=30), DATES[:30])
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    result = backtest(models, y, cv=RollingOrigin(horizon=2, origins=6))
    ax = Figure().subplots()
    display = RankDisplay.from_backtest(result, "rmse", 0.2, ax=ax)
    assert display.ax_ is ax
    assert display.ranking.rows == 6
    expected = result.ranks("rmse", 0.2).critical_difference
    assert_allclose(display.ranking.critical_difference, expected)
