"""Newer rows are those behind the memory, whatever else the table holds."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal
from sklearn.exceptions import NotFittedError

from forecast import NaiveForecaster, ThetaForecaster, WindowForecaster, observe_newer
from forecast.forecasters.newer import needs_features_ahead


def moments(kind, n):
    return {
        "days": pd.date_range("2024-01-01", periods=n, freq="D"),
        "hours with a zone": pd.date_range("2024-03-30", periods=n, freq="h", tz="Europe/Berlin"),
        "periods": pd.period_range("2024-01", periods=n, freq="M"),
        "integers": pd.Index(np.arange(4, 4 + 3 * n, 3)),
        "weekdays": pd.bdate_range("2024-01-03", periods=n + 1).delete(6),
    }[kind]


def table(n=12, known=9, kind="days"):
    """Return n rows, of which the last are not known yet."""
    y = pd.Series(np.arange(n) ** 2.0, index=moments(kind, n), name="y")
    y.iloc[known:] = np.nan
    return y


def split_slowly(model, y):
    """Look at each row of a table of several series: is it observed, or ahead?"""
    memory = model.memory_
    ends = {name: memory.times[memory.last[s]] for s, name in enumerate(model.series_)}
    newer = [(name, time) for name, time in y.index if time > ends[name]]
    known = [(name, time) for name, time in newer if not np.isnan(y[name, time])]
    last = {name: max([t for n, t in known if n == name], default=None) for name in ends}
    observed = [(n, t) for n, t in newer if last[n] is not None and t <= last[n]]
    return observed, [row for row in newer if row not in observed]


@pytest.mark.parametrize("kind", ["days", "hours with a zone", "periods", "integers", "weekdays"])
def test_rows_behind_the_memory_are_observed_and_the_rest_is_ahead(kind):
    y = table(kind=kind)
    model = NaiveForecaster().fit(y[:5])
    observed, ahead = observe_newer(model, y)
    assert observed == 4
    assert list(ahead.index) == list(y.index[9:])
    assert_allclose(model.predict(ahead), y.iloc[8])


def test_what_has_been_seen_is_not_observed_again():
    y = table()
    model = NaiveForecaster(3).fit(y[:5])
    assert observe_newer(model, y)[0] == 4
    before = model.predict(3)
    assert observe_newer(model, y)[0] == 0
    observed, ahead = observe_newer(model, y[:7])  # all older than the memory
    assert (observed, len(ahead)) == (0, 0)
    assert_allclose(model.predict(3), before)
    assert_allclose(before, y[6:9])


def test_each_series_has_its_own_end():
    rng = np.random.default_rng(0)
    parts = {name: table(12, known) for name, known in [("a", 9), ("b", 12), ("c", 5), ("d", 7)]}
    y = pd.concat(parts, names=["series", "time"]) + rng.normal(size=48)
    y = y.sort_index(level="time", sort_remaining=False)  # the series take turns
    trained = pd.concat({name: y[name][:n] for name, n in [("d", 5), ("a", 6), ("c", 5), ("b", 3)]})
    model = NaiveForecaster(2).fit(trained)
    expected, still_ahead = split_slowly(model, y)
    by_hand = NaiveForecaster(2).fit(trained).update(y[expected])
    observed, ahead = observe_newer(model, y)
    assert observed == len(expected) == 3 + 9 + 0 + 2
    assert list(ahead.index) == still_ahead
    assert_frame_equal(model.forecast(2), by_hand.forecast(2))


def test_a_series_may_be_missing_from_the_table():
    both = pd.concat({"a": table(), "b": table()}, names=["series", "time"])
    model = NaiveForecaster().fit(both.groupby(level=0).head(5))
    assert observe_newer(model, both.loc[["b"]])[0] == 4
    assert_allclose(model.predict(1), [16.0, 64.0])


def test_features_of_rows_ahead_come_back_ready_to_forecast():
    y = table(40, 30)
    X = pd.DataFrame({"promo": np.arange(40) % 3, "temp": np.arange(40.0)}, index=y.index)
    X.loc[y.index[30:], "temp"] = np.nan  # nobody knows it ahead
    model = WindowForecaster(lookback=4, horizon=2, past_features=["temp"]).fit(X[:20], y[:20])
    by_hand = WindowForecaster(lookback=4, horizon=2, past_features=["temp"]).fit(X[:20], y[:20])
    observed, ahead = observe_newer(model, X, y)
    assert observed == 10
    assert_frame_equal(ahead, X[30:])
    assert_allclose(model.predict(ahead), by_hand.update(X[20:30], y[20:30]).predict(X[30:]))


def test_rows_of_arrays_are_numbered_from_zero():
    X, y = np.arange(20.0)[:, None] % 4, np.arange(20.0)
    model = WindowForecaster(lookback=3, horizon=1).fit(X[:15], y[:15])
    by_hand = WindowForecaster(lookback=3, horizon=1).fit(X[:15], y[:15])
    y[18:] = np.nan
    observed, ahead = observe_newer(model, X, y)
    assert observed == 3
    assert list(ahead.index) == [18, 19]
    assert_allclose(model.predict(ahead), by_hand.update(X[15:18], y[15:18]).predict(X[18:]))


def test_several_targets_are_observed_up_to_the_last_value_of_any():
    y = pd.DataFrame({"a": table(12, 9), "b": table(12, 9)})
    model = NaiveForecaster().fit(y[:5])
    assert observe_newer(model, y)[0] == 4
    late = y.copy()
    late.iloc[9, 0] = 1.0
    with pytest.raises(ValueError, match=r"y\['b'\] contains NaN"):
        observe_newer(model, late)


def test_a_gap_before_the_last_value_is_a_gap():
    y = table()
    y.iloc[6] = np.nan
    with pytest.raises(ValueError, match="y contains NaN at row 2024-01-07"):
        observe_newer(NaiveForecaster().fit(y[:5]), y)


def test_wrong_tables_are_refused_and_the_forecaster_stays_as_it_was():
    y = table()
    model = NaiveForecaster().fit(y[:5])
    with pytest.raises(ValueError, match=r"must begin at 2024-01-06 .*; these begin at 2024-01-08"):
        observe_newer(model, y[7:])
    with pytest.raises(ValueError, match="give the same kind"):
        observe_newer(model, y.to_numpy())
    with pytest.raises(ValueError, match="time zone"):
        observe_newer(model, y.tz_localize("UTC"))
    with pytest.raises(ValueError, match="one series without a name"):
        observe_newer(model, pd.concat({"a": y}))
    assert_allclose(model.predict(1), 16.0)
    named = NaiveForecaster().fit(pd.concat({"a": y[:5]}))
    with pytest.raises(ValueError, match="series 'b' was not in the training part"):
        observe_newer(named, pd.concat({"b": y}))
    with pytest.raises(NotFittedError):
        observe_newer(NaiveForecaster(), y)


def test_features_are_needed_ahead_unless_they_are_past_or_not_read():
    y = table(30, 30)
    X = pd.DataFrame({"promo": np.arange(30) % 3, "temp": np.arange(30.0)}, index=y.index)
    settings = {"lookback": 4, "horizon": 2}
    assert needs_features_ahead(WindowForecaster(**settings, past_features=["temp"]).fit(X, y))
    past = WindowForecaster(**settings, past_features=["temp", "promo"]).fit(X, y)
    for model in (past, WindowForecaster(**settings).fit(y), ThetaForecaster().fit(X, y)):
        assert not needs_features_ahead(model)


def test_rows_counted_from_0_have_to_begin_with_the_rows_that_were_seen():
    """The newer rows alone are counted from 0 again: nothing says that they are new."""
    y = np.arange(12) ** 2.0
    model = NaiveForecaster(3).fit(y[:9])
    assert observe_newer(model, pd.Series(y))[0] == 3
    assert_allclose(model.predict(3), y[-3:])
    model = NaiveForecaster(3).fit(y[:9])
    for other in (y[9:], y[2:]):
        with pytest.raises(ValueError, match="do not begin with the 9 rows that were seen"):
            observe_newer(model, pd.Series(other))
    numbered = pd.Series(y[9:], index=[9, 10, 11])
    assert observe_newer(model, numbered)[0] == 3
    assert_allclose(model.predict(3), y[-3:])
