"""Monitoring: nothing changed, no alarm; errors grown or intervals too narrow, an alarm."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import NaiveForecaster, RollingOrigin, backtest, monitor, track_record

N, CUT, HORIZON = 320, 200, 2


def series(seed=0, wilder=1.0):
    """Return a random walk whose steps are so many times larger after the backtest."""
    steps = np.random.default_rng(seed).normal(size=N)
    steps[CUT:] *= wilder
    return pd.Series(steps.cumsum(), pd.date_range("2024-01-01", periods=N), name="y")


def result_of(y):
    cv = RollingOrigin(horizon=HORIZON, origins=40)
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    return backtest(models, y[:CUT], cv=cv, quantiles=(0.05, 0.95))


def record_of(y, step=HORIZON, coverage=0.9):
    made = {
        str(n): NaiveForecaster().fit(y[:n]).forecast(HORIZON, coverage=coverage)
        for n in range(CUT, N - HORIZON + 1, step)
    }
    return track_record(made, y)


@pytest.fixture(scope="module")
def calm():
    y = series()
    return monitor(result_of(y), record_of(y), "naive")


def test_nothing_changed_is_said_with_what_was_counted(calm):
    assert not calm.alarm
    assert calm.sentence.startswith("Errors and coverage are those of the backtest (60 forecasts")
    assert "40 raises an alarm" in calm.sentence
    assert calm.needed == 40
    y = series()
    errors = record_of(y).assign(error=lambda t: (t["actual"] - t["forecast"]).abs())
    assert_allclose(calm.looks["mae"].iloc[-1], errors["error"].mean())
    assert_allclose(calm.expected, result_of(y).scores()["mae"]["naive"])
    inside = errors["actual"].between(errors["q0.05"], errors["q0.95"])
    assert_allclose(calm.looks["coverage"].iloc[-1], inside.mean())


def test_larger_errors_raise_an_alarm_and_the_sentence_says_since_when():
    y = series(wilder=4)
    found = monitor(result_of(y), record_of(y), "naive")
    assert found.alarm
    assert set(found.alarms) == {"larger_errors", "low_coverage"}
    first = found.looks[found.looks["larger_errors"] >= 40]["looked"].iloc[0]
    assert f"errors are larger than in the backtest since {first.date()}" in found.sentence


def test_intervals_that_are_too_narrow_raise_an_alarm_of_their_own():
    y = series()
    record = record_of(y, coverage=0.5)  # called 0.9
    found = monitor(result_of(y), record, "naive")
    assert list(found.alarms) == ["low_coverage"]


def test_evidence_of_a_day_is_not_changed_by_later_days():
    y, later = series(), series()
    later.iloc[CUT + 60 :] *= 9
    first, second = (monitor(result_of(each), record_of(each), "naive") for each in (y, later))
    known = first.looks["looked"] < y.index[CUT + 60]
    for kind in ("larger_errors", "low_coverage"):
        assert_allclose(first.looks[kind][known], second.looks[kind][known])


def test_forecasts_that_overlap_count_once():
    y = series()
    every_day = monitor(result_of(y), record_of(y, step=1), "naive")
    every_other = monitor(result_of(y), record_of(y), "naive")
    pd.testing.assert_frame_equal(every_day.looks, every_other.looks)
    assert every_day.notes == ["59 forecasts overlapping those before left out"]


def test_roots_and_forecasts_without_intervals():
    y = series()
    record = record_of(y).drop(columns=["q0.05", "q0.95"])
    found = monitor(result_of(y), record, "naive", metric="rmse")
    assert found.needed == 20
    assert found.claimed is None
    assert "Errors are those of the backtest" in found.sentence
    error = record["actual"] - record["forecast"]
    assert_allclose(found.looks["rmse"].iloc[-1], np.sqrt((error**2).mean()))


def test_before_any_actual_there_is_nothing_to_judge():
    y = series()
    record = record_of(y)[:2].assign(actual=np.nan)
    found = monitor(result_of(y), record, "naive")
    assert not found.alarm
    assert "No forecast can be judged yet" in found.sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, r"several models \(naive, drift\).*model="),
        ({"model": "drif"}, "no model 'drif'; did you mean 'drift'"),
        ({"model": "naive", "metric": "coverage"}, "'coverage' is no loss"),
        ({"model": "naive", "alpha": 1.5}, "alpha must be"),
    ],
)
def test_wrong_arguments_are_refused(arguments, words):
    y = series()
    with pytest.raises(ValueError, match=words):
        monitor(result_of(y), record_of(y), **arguments)


def test_too_few_origins_are_refused_and_more_heal():
    y = series()
    few = backtest(NaiveForecaster(), y[:CUT], cv=RollingOrigin(horizon=HORIZON, origins=4))
    with pytest.raises(ValueError, match=r"has 4 origins .* at least 5 are needed"):
        monitor(few, record_of(y))
    enough = backtest(NaiveForecaster(), y[:CUT], cv=RollingOrigin(horizon=HORIZON, origins=5))
    assert not monitor(enough, record_of(y)).alarm
