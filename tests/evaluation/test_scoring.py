"""Mean losses of groups of rows against loops over the groups."""

import math

import naive
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast.evaluation.results import quantile_columns
from forecast.evaluation.scoring import ROOTS, SCORES, loss_names, mean_losses, score_names

LEVELS = [0.1, 0.5, 0.9]
NAMES = [*SCORES, "qlike"]


def table(n=120, missing=0.1, seed=0):
    """Return a forecasts table of three series and two models in random order, parts of it NaN."""
    rng = np.random.default_rng(seed)
    actual = 2 + rng.gamma(2.0, size=n)
    frame = pd.DataFrame(
        {
            "model": rng.choice(["window", "naive"], n),
            "series": rng.choice(["b", "c", "a"], n),
            "origin": rng.choice(pd.date_range("2024-01-01", periods=4), n),
            "step": rng.integers(1, 4, n),
            "actual": np.where(rng.random(n) < missing, np.nan, actual),
            "forecast": np.where(rng.random(n) < missing, np.nan, actual + rng.normal(size=n)),
        }
    )
    fan = np.sort(actual[:, None] + rng.normal(size=(n, 3)), axis=1)
    fan[rng.random(n) < missing] = np.nan
    frame[["q0.1", "q0.5", "q0.9"]] = fan
    return frame


SCALES = {"a": (2.0, 5.0), "b": [0.5, 0.3], "c": None}


def means_of(frame, by, names=NAMES):
    return mean_losses([frame], quantile_columns(frame), SCALES, names, by)


def means_of_loop(part):
    """Return the mean losses of some rows."""
    actual, forecast = part["actual"].to_numpy(), part["forecast"].to_numpy()
    fan = part[["q0.1", "q0.5", "q0.9"]].to_numpy()
    units = [SCALES[name] or (math.nan, math.nan) for name in part["series"]]
    absolute, squared = np.reshape(units, (-1, 2)).T
    root = np.sqrt(squared)
    return {
        "mae": naive.mae(actual, forecast),
        "rmse": naive.rmse(actual, forecast) ** 2,
        "bias": naive.bias(actual, forecast),
        "mase": naive.mae(actual / absolute, forecast / absolute),
        "rmsse": naive.rmse(actual / root, forecast / root) ** 2,
        "smape": naive.smape(actual, forecast),
        "pinball": naive.pinball(actual, fan, LEVELS),
        "crps": naive.crps(actual, fan, LEVELS),
        "coverage": naive.coverage(actual, fan[:, 0], fan[:, -1]),
        "width": naive.interval_width(fan[:, 0], fan[:, -1]),
        "qlike": naive.qlike(actual, forecast),
    }


@pytest.mark.parametrize("by", [["model"], ["model", "series"], ["model", "origin", "step"]])
def test_means_are_those_of_a_loop_over_the_groups(by):
    frame = table()
    frame["forecast"] = frame["forecast"].clip(lower=0.1)  # variances are positive
    means = means_of(frame, by)
    groups = frame.groupby(by, sort=False)
    keys = [key if len(by) > 1 else key[0] for key, _ in groups]
    assert list(means.index) == keys  # in the order of their first rows
    assert list(means.index.names) == by
    for row, (_, part) in zip(means.to_dict("records"), groups, strict=True):
        expected = means_of_loop(part)
        assert_allclose([row[name] for name in NAMES], [expected[name] for name in NAMES])


def test_categories_group_like_text_whatever_their_order():
    frame = table()
    categories = {
        "model": pd.CategoricalDtype(["absent", "naive", "window"]),
        "series": pd.CategoricalDtype(["c", "a", "b", "absent"], ordered=True),
    }
    for by in (["model"], ["model", "series"]):
        expected = means_of(frame, by)
        pd.testing.assert_frame_equal(means_of(frame.astype(categories), by), expected)


def test_one_loss_is_the_column_of_all():
    frame = table()
    alone = means_of(frame, ["model"], ["pinball"])
    pd.testing.assert_frame_equal(alone, means_of(frame, ["model"])[["pinball"]])


def test_a_quantile_that_is_missing_leaves_the_others_of_its_row():
    frame = table(missing=0).iloc[:1].assign(model="m", actual=3.0)
    frame[["q0.1", "q0.5", "q0.9"]] = [[1.0, np.nan, 5.0]]
    means = means_of(frame, ["model"]).iloc[0]
    assert_allclose(means["pinball"], (0.1 * 2 + 0.1 * 2) / 2)
    assert math.isnan(means["crps"])


def test_an_infinite_forecast_has_infinite_losses():
    frame = table(missing=0).assign(model="m")
    frame.loc[0, "forecast"] = np.inf
    means = means_of(frame, ["model"]).iloc[0]
    expected = {"mae": np.inf, "rmse": np.inf, "bias": -np.inf, "qlike": np.inf}
    assert dict(means[list(expected)]) == expected
    assert 0 < means["smape"] < 200


def test_a_forecast_of_a_variance_that_is_not_positive_is_infinitely_wrong():
    frame = (
        table(missing=0)
        .iloc[:3]
        .assign(model=["a", "a", "b"], actual=[0.0, 2.0, 4.0], forecast=[9.0, 1.0, 0.0])
    )
    means = means_of(frame, ["model"])["qlike"]
    assert_allclose(means["a"], 2 - math.log(2) - 1)  # the actual 0 is left out
    assert means["b"] == np.inf


def test_an_infinite_actual_is_refused():
    frame = table()
    frame.loc[7, "actual"] = np.inf
    with pytest.raises(ValueError, match=r"actual is infinite at position \(7,\)"):
        means_of(frame, ["model"])


def test_a_table_without_rows_has_no_groups():
    means = means_of(table()[:0], ["model", "series"])
    assert means.shape == (0, len(NAMES))


def test_scores_that_need_quantiles_are_there_with_them():
    points = ["mae", "rmse", "bias", "mase", "rmsse", "smape"]
    assert score_names(0) == points
    assert score_names(1) == [*points, "pinball"]
    assert score_names(2) == [*points, "pinball", "coverage", "width"]
    assert score_names(3) == [*points, "pinball", "crps", "coverage", "width"]
    assert loss_names(1) == ["mae", "rmse", "mase", "rmsse", "smape", "pinball", "qlike"]
    assert loss_names(3) == [*loss_names(1)[:-1], "crps", "qlike"]
    assert ROOTS == ("rmse", "rmsse")
