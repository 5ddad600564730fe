"""Which forecasts can be held against those of a backtest, and what is said of the others."""

import pandas as pd
import pytest

from forecast.evaluation.comparable import apart, comparable, complete_and_apart


def table(*forecasts, series="x", horizon=2):
    """Return forecasts from some origins; of a pair (origin, n), n actuals have come."""
    rows = [
        ("m", series, origin, step, origin + step, 0.0 if step <= n else float("nan"), 1.0)
        for origin, n in forecasts
        for step in range(1, horizon + 1)
    ]
    columns = ["model", "series", "origin", "step", "timestamp", "actual", "forecast"]
    return pd.DataFrame(rows, columns=columns)


BEFORE = table((10, 2), (12, 2))  # ends at 14


def origins(found):
    return sorted(set(found["origin"]))


def test_forecasts_of_moments_that_the_backtest_has_seen_are_left_out():
    since, notes = comparable(table((12, 2), (13, 2), (14, 2), (16, 1)), BEFORE)
    assert origins(since) == [14, 16]
    assert notes == ["2 forecasts of moments of the backtest left out"]
    with pytest.raises(ValueError, match="no forecast begins after the end of the backtest, 14"):
        comparable(table((12, 2)), BEFORE)


def test_series_are_those_of_the_backtest_and_a_single_one_may_have_another_name():
    since, notes = comparable(table((14, 2), series="other"), BEFORE)
    assert set(since["series"]) == {"x"}
    assert notes == []
    both = pd.concat([table((14, 2)), table((14, 2), series="new")])
    since, notes = comparable(both, BEFORE)
    assert set(since["series"]) == {"x"}
    assert notes == ["not in the backtest, so left out: new"]


def test_steps_are_those_that_both_have():
    since, notes = comparable(
        pd.concat([table((14, 5), horizon=5), table((19, 1), horizon=1)]), BEFORE
    )
    assert set(since["step"]) == {1, 2}
    assert origins(since) == [14]
    assert notes == ["1 forecast of too few steps left out"]


def test_a_forecast_is_judged_once_it_is_complete_and_overlaps_none_before():
    judged, notes = complete_and_apart(table((14, 2), (15, 2), (16, 2), (18, 1)))
    assert origins(judged) == [14, 16]
    assert notes == [
        "1 forecast waiting for actuals",
        "1 forecast overlapping those before left out",
    ]
    judged, notes = complete_and_apart(table((14, 0)))
    assert judged.empty
    assert notes == ["1 forecast waiting for actuals"]


def test_the_earliest_is_kept_then_the_next_that_begins_at_its_end():
    assert origins(apart(table(*((origin, 2) for origin in range(10, 17))))) == [10, 12, 14, 16]
