"""Words on calibration agree with the shares that are counted by hand."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import Backtest
from forecast.figures.fans import central_intervals
from forecast.report.calibration import calibration_in_words, shares_inside

N_ORIGINS = 100


def run(n_inside):
    """Return a backtest of one step from 100 origins, and its interval from -1 to 1."""
    table = pd.DataFrame({"origin": np.arange(N_ORIGINS), "model": "a", "series": "y", "step": 1})
    table["timestamp"] = table["origin"] + 1
    table["actual"] = np.where(table["origin"] < n_inside, 0.0, 5.0)
    table = table.assign(forecast=0.0, **{"q0.05": -1.0, "q0.95": 1.0})
    return Backtest(table), central_intervals(table)


@pytest.mark.parametrize(
    ("n_inside", "verdict"),
    [
        (83, "the interval is too narrow"),
        (85, "the interval holds what it claims"),
        (95, "the interval holds what it claims"),
        (97, "the interval is wider than it needs to be"),
    ],
)
def test_the_verdict_leaves_room_for_chance(n_inside, verdict):
    result, (interval,) = run(n_inside)
    shares = shares_inside(result, [interval])
    assert_allclose(shares["a"], [n_inside / N_ORIGINS])
    sentence = calibration_in_words(result, shares["a"][0], interval, "a")
    assert verdict in sentence
    # The standard deviation of the share of 100 events of 90 % each is 3 %.
    assert "Chance alone would leave 84.1% to 95.9%" in sentence


def test_shares_are_those_of_the_scores(result):
    intervals = central_intervals(result.forecasts)
    shares = shares_inside(result, intervals)
    covered = result.scores()["coverage"]
    assert_allclose([shares[name][0] for name in covered.index], covered)
    sentence = calibration_in_words(result, shares["ridge"][0], intervals[0], "ridge")
    assert re.match(r"\d+\.\d% of 420 actual values lay inside the 90 % interval", sentence)
    assert "as far as 10 origins can tell" in sentence


def test_without_actuals_there_is_no_share():
    result, (interval,) = run(50)
    unknown = Backtest(result.forecasts.assign(actual=np.nan))
    (share,) = shares_inside(unknown, [interval])["a"]
    sentence = calibration_in_words(unknown, share, interval, "a")
    assert sentence == "a has no interval beside an actual value."
