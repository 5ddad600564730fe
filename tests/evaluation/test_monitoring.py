"""Monitoring: nothing changed, no alarm; errors grown or intervals too narrow, an alarm."""

import naive
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import Backtest, NaiveForecaster, RollingOrigin, backtest, monitor, track_record

N, CUT, HORIZON = 320, 200, 2
STAKES, SHIFTS = (0.05, 0.1, 0.2, 0.4, 0.8), (0.5, 1.0, 1.5)  # of the bettors


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


# Tables of forecasts of 0


def table(errors, first, model="m", half_width=1.5):
    """Return forecasts of 0 whose errors are given, (n_origins, 2), one after the other."""
    n = len(errors)
    origin = first + 2 * np.repeat(np.arange(n), 2)
    step = np.tile(np.arange(1, 2 + 1), n)
    columns = {
        "model": model,
        "series": "y",
        "origin": origin,
        "step": step,
        "timestamp": origin + step,
        "actual": np.ravel(errors),
        "forecast": 0.0,
    }
    bounds = {} if half_width is None else {"q0.1": -half_width, "q0.9": half_width}
    return pd.DataFrame(columns | bounds)


def errors(n, seed, scale=1.0):
    return scale * np.random.default_rng(seed).normal(size=(n, 2))


@pytest.mark.parametrize(("metric", "seed"), [("mae", 3), ("rmse", 4)])
def test_the_evidence_is_that_of_naive_bettors(metric, seed):
    # Of losses that do not hang together each is a bet of its own.
    before, since = errors(20, seed), errors(15, seed + 10, 1.3)
    found = monitor(Backtest(table(before, 0)), table(since, 40), metric=metric)
    losses = [
        np.mean(np.abs(each) if metric == "mae" else each**2, axis=1) for each in (before, since)
    ]
    expected = naive.capital_on_large_losses(*losses, SHIFTS)
    assert_allclose(found.looks["larger_errors"], expected)
    shares = np.mean(np.abs(since) <= 1.5, axis=1)
    reached = np.mean(np.abs(before) <= 1.5)
    expected = naive.capital_on_low_shares(shares, min(0.8, reached), STAKES)
    assert_allclose(found.looks["low_coverage"], expected)
    # What was counted beside it.
    root = np.sqrt if metric == "rmse" else np.abs
    means = [root(np.mean(losses[1][:n])) for n in range(1, 16)]
    assert_allclose(found.looks[metric], means)
    assert_allclose(
        [found.expected, found.claimed, found.reached], [root(losses[0].mean()), 0.8, reached]
    )
    assert_array_equal(found.looks["looked"], 40 + 2 * np.arange(1, 16))
    assert_array_equal(found.looks["forecasts"], np.arange(1, 16))


def test_a_look_depends_on_nothing_that_comes_after_it():
    before, since = table(errors(20, 0), 0), table(errors(15, 1), 40)
    whole = monitor(Backtest(before), since).looks
    for n in (0, 1, 9):
        early = since.assign(actual=since["actual"].where(since["timestamp"] <= 40 + n * 2))
        looks = monitor(Backtest(before), early).looks
        pd.testing.assert_frame_equal(looks, whole[:n], check_dtype=False)


def test_forecasts_of_every_day_count_as_far_as_they_do_not_overlap():
    y = pd.Series(np.random.default_rng(3).normal(size=90).cumsum())
    result = backtest(NaiveForecaster(), y[:60], cv=RollingOrigin(2, 30, step=1))
    made = {str(n): NaiveForecaster().fit(y[:n]).forecast(2) for n in range(60, 90)}
    found = monitor(result, track_record(made, y))
    losses = [
        [abs(y[n : n + 2] - y[n - 1]).mean() for n in ends]
        for ends in (range(29, 59, 2), range(60, 90, 2))
    ]
    assert_allclose(found.expected, np.mean(losses[0]))
    assert_allclose(found.looks["mae"].iloc[-1], np.mean(losses[1]))
    assert "14 forecasts overlapping those before left out" in found.notes


def test_losses_that_hang_together_are_taken_in_means():
    """Of a slow wave it takes several forecasts to make a bet."""
    wave = np.repeat(np.sin(np.arange(60) / 4)[:, None], 2, axis=1) + 2
    found = monitor(Backtest(table(wave[:40], 0)), table(wave[40:], 80))
    bets = found.looks["larger_errors"].diff().iloc[1:]
    assert (bets != 0).mean() < 0.4
