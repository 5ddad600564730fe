"""Refusals: one sentence says what is wrong with which row or column, and what to do."""

import re

import numpy as np
import pandas as pd
import pytest
from cases import (
    CASES,
    NOT_READING,
    REPRESENTATIVES,
    ROWS,
    TAKE_GAPS,
    WITH_COLUMNS,
    for_cases,
    fresh,
    hours,
    near,
    panel,
    table,
    without,
)
from numpy.testing import assert_allclose


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("NaiveForecaster-seasonal", 4),
        ("NaiveForecaster-drift", 2),
        ("ARIMAForecaster-seasonal", 6),
        ("WindowForecaster-Ridge-columns", 6),
        ("LSTMForecaster-lstm", 6),
        ("HARForecaster", 9),
    ],
    indirect=["name"],
)
def test_short_history_is_refused_with_both_lengths(name, needed):
    X, y = table([] if name == NOT_READING else CASES[name].columns, index=pd.RangeIndex(1, 41))
    with pytest.raises(
        ValueError, match=rf"the series has {needed - 1} rows?; .* at least {needed}\b"
    ):
        fresh(name).fit(X[: needed - 1], y[: needed - 1])
    fresh(name).fit(X[:needed], y[:needed])


@for_cases(without(NOT_READING))  # this one needs but two rows
def test_short_series_is_refused_by_name(name):
    X, y, train = panel(CASES[name].columns)
    short = (X.index.get_level_values(0) == "b") & (X.index.get_level_values(1) >= hours(3)[2])
    with pytest.raises(ValueError, match=r"series 'b' has 2 rows; .* at least ([3456789]|20|22)\b"):
        fresh(name).fit(X[train & ~short], y[train & ~short])


def duplicate(rows):
    return rows.iloc[[*range(11), 10, *range(11, ROWS)]]


def unsorted(rows):
    return rows.iloc[[*range(10), 11, 10, *range(12, ROWS)]]


def hole(rows):
    return rows.iloc[[*range(10), *range(11, ROWS)]]


WRONG_ORDERS = {
    duplicate: r"2024-03-01 10:00:00\+00:00 stands twice\. .*regularize",
    unsorted: r"2024-03-01 10:00:00\+00:00 comes after 2024-03-01 11:00:00\+00:00: .*sort_index",
    hole: r"2024-03-01 10:00:00\+00:00 is missing \(1 rows? (is|are)\) .*regularize",
}


@for_cases(REPRESENTATIVES)
@pytest.mark.parametrize("spoil", WRONG_ORDERS)
def test_moments_in_wrong_order_are_refused_by_name(name, model, X, y, spoil):
    with pytest.raises(ValueError, match=WRONG_ORDERS[spoil]):
        fresh(name).fit(spoil(X[:ROWS]), spoil(y[:ROWS]))
    with pytest.raises(ValueError, match=WRONG_ORDERS[spoil]):
        model.hindcast(spoil(X[:ROWS]), spoil(y[:ROWS]), [20], 3)


@for_cases(REPRESENTATIVES)
@pytest.mark.parametrize("spoil", WRONG_ORDERS)
def test_moments_in_wrong_order_are_refused_in_update(name, X, y, spoil):
    earlier = hours(ROWS) - pd.Timedelta(hours=ROWS)
    model = fresh(name).fit(X[:ROWS].set_axis(earlier), y[:ROWS].set_axis(earlier))
    with pytest.raises(ValueError, match=WRONG_ORDERS[spoil]):
        model.update(spoil(X[:ROWS]), spoil(y[:ROWS]))


@for_cases(REPRESENTATIVES)
@pytest.mark.parametrize("spoil", WRONG_ORDERS)
def test_moments_in_wrong_order_are_refused_with_their_series(name, spoil):
    X, y = table(CASES[name].columns)
    X = pd.concat({"a": X[:ROWS], "b": spoil(X[:ROWS])})
    y = pd.concat({"a": y[:ROWS], "b": spoil(y[:ROWS])})
    with pytest.raises(ValueError, match="series 'b': " + WRONG_ORDERS[spoil]):
        fresh(name).fit(X, y)


@for_cases([n for n in CASES if n not in TAKE_GAPS])
def test_nan_in_y_is_refused_with_its_moment_and_a_remedy(name, model, X, y):
    y.iloc[[7, 9]] = np.nan
    sentence = (
        r"y.* contains NaN at row 2024-03-01 07:00:00\+00:00 \(2 of 32 rows are affected\)\. "
        ".*ffill.*ARIMAForecaster"
    )
    with pytest.raises(ValueError, match=sentence):
        fresh(name).fit(X[:ROWS], y[:ROWS])
    with pytest.raises(ValueError, match=sentence):
        model.hindcast(X[:ROWS], y[:ROWS], [20], 3)


@for_cases(TAKE_GAPS)
def test_nan_in_y_is_a_missing_observation(name, X, y):
    y.iloc[[7, 9, ROWS + 1]] = np.nan
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    answer = model.hindcast(X, y, [20, ROWS + 2], 3)
    assert np.isfinite(answer).all()
    rows = slice(ROWS, ROWS + 3)
    near(model.update(X[rows], y[rows]).predict(X[ROWS + 3 : ROWS + 6]), answer[1])


@for_cases(REPRESENTATIVES)
def test_inf_in_y_is_refused_with_its_moment(name, model, X, y):
    y.iloc[9] = -np.inf
    sentence = (
        r"y.* contains inf at row 2024-03-01 09:00:00\+00:00 \(1 of 32 rows (is|are) affected\)"
    )
    with pytest.raises(ValueError, match=sentence):
        fresh(name).fit(X[:ROWS], y[:ROWS])
    with pytest.raises(ValueError, match=sentence):
        model.hindcast(X[:ROWS], y[:ROWS], [20], 3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@for_cases(without(NOT_READING, WITH_COLUMNS))
def test_gaps_in_columns_are_refused_with_their_moment_and_name(name, model, X, y, value):
    for column in X:
        spoilt = X.copy()
        spoilt.iloc[9, spoilt.columns.get_loc(column)] = value
        kind = "NaN" if np.isnan(value) else "inf"
        sentence = rf"X\['{column}'\] contains {kind} at row 2024-03-01 09:00:00\+00:00 \(1 of"
        with pytest.raises(ValueError, match=sentence):
            fresh(name).fit(spoilt[:ROWS], y[:ROWS])
        with pytest.raises(ValueError, match=sentence):
            model.hindcast(spoilt, y, [20], 3)


@for_cases([n for n in WITH_COLUMNS if "known" in CASES[n].columns and n != NOT_READING])
def test_future_rows_without_known_columns_are_refused(model, X, y):
    spoilt = X.copy()
    spoilt.iloc[ROWS + 1, spoilt.columns.get_loc("known")] = np.nan
    at = r"2024-03-02 09:00:00\+00:00"
    with pytest.raises(ValueError, match=rf"X\['known'\] contains NaN at row {at}.*past_features"):
        model.predict(spoilt[ROWS:])
    with pytest.raises(ValueError, match=rf"X\['known'\] contains NaN at row {at}"):
        model.hindcast(spoilt, y, [ROWS], 3)
    with pytest.raises(
        ValueError, match="4 steps were asked for by number, but the features known must be known"
    ):
        model.predict(4)
    with pytest.raises(
        ValueError, match="the forecasts reach 3 rows beyond the table, but the features known"
    ):
        model.hindcast(X[:ROWS], y[:ROWS], [ROWS - 1], 3)
    with pytest.raises(ValueError, match=f"X has no features; fit saw {X.shape[1]}"):
        model.predict(X.index[ROWS:])


@for_cases(WITH_COLUMNS)
def test_other_columns_than_in_fit_are_refused(model, X):
    future = X[ROWS:]
    with pytest.raises(ValueError, match="Feature names unseen at fit time:\n- extra"):
        model.predict(future.assign(extra=1.0))
    with pytest.raises(ValueError, match="Feature names unseen at fit time:\n- other"):
        model.predict(future.rename(columns={future.columns[0]: "other"}))
    if future.shape[1] == 2:
        with pytest.raises(
            ValueError, match="Feature names must be in the same order as they were in fit"
        ):
            model.predict(future[future.columns[::-1]])
        with pytest.raises(ValueError, match="yet now missing:\n- seen"):
            model.predict(future[["known"]])


@for_cases(REPRESENTATIVES)
def test_rows_of_the_training_part_are_refused_by_name(model, X):
    for begin in (0, ROWS - 3, ROWS - 1):
        sentence = (
            f"row {X.index[begin]} lies inside or before the training part, "
            f"which ends at {X.index[ROWS - 1]}: ask for rows from {X.index[ROWS]} on"
        )
        with pytest.raises(ValueError, match=re.escape(sentence)):
            model.predict(X[begin:])


@for_cases(REPRESENTATIVES)
def test_rows_off_the_grid_are_refused_by_name(model, X):
    shifted = X[ROWS : ROWS + 3].set_axis(X.index[ROWS : ROWS + 3] + pd.Timedelta("20min"))
    with pytest.raises(
        ValueError, match=r"2024-03-02 08:20:00.* lies between two steps: .*frequency 'h'"
    ):
        model.predict(shifted)


@for_cases(REPRESENTATIVES)
def test_rows_of_another_kind_are_refused(model, X):
    future = X[ROWS : ROWS + 3]
    with pytest.raises(ValueError, match=r"time zone UTC, these None: .*tz_localize"):
        model.predict(future.set_axis(future.index.tz_localize(None)))
    with pytest.raises(
        ValueError,
        match=r"the training rows are moments like .* these like .*32.*: give the same kind",
    ):
        model.predict(future.set_axis([32, 33, 34]))


@for_cases(REPRESENTATIVES)
def test_rows_in_another_time_zone_are_refused(model, X):
    future = X[ROWS : ROWS + 3]
    moved = future.set_axis(future.index.tz_convert("Asia/Tokyo"))
    with pytest.raises(
        ValueError, match=r"time zone UTC, these Asia/Tokyo: bring them to one .*tz_convert"
    ):
        model.predict(moved)


@for_cases(REPRESENTATIVES)
def test_rows_to_observe_must_follow_at_once(model, X, y):
    for begin in (ROWS - 1, ROWS + 1):
        sentence = f"must begin at {X.index[ROWS]}; these begin at {X.index[begin]}"
        with pytest.raises(ValueError, match=re.escape(sentence)):
            model.update(X[begin:], y[begin:])


@for_cases(REPRESENTATIVES)
@pytest.mark.parametrize("horizon", [0, -1, 2.5, "3", None, True])
def test_horizons_that_are_none_are_refused(model, X, y, horizon):
    with pytest.raises(
        (ValueError, TypeError),
        match=f"horizon must be a whole number of at least 1; got {horizon!r}",
    ):
        model.hindcast(X, y, [20], horizon)


@pytest.mark.parametrize("horizon", [0, -1, 2.5, True])
@for_cases(["NaiveForecaster-seasonal", "LSTMForecaster-lstm"])
def test_numbers_of_steps_that_are_none_are_refused(model, horizon):
    with pytest.raises(
        (ValueError, TypeError), match=f"steps to predict must be a whole number.* got {horizon!r}"
    ):
        model.predict(horizon)


@for_cases(REPRESENTATIVES)
def test_origins_that_are_not_in_the_table_are_refused(model, X, y):
    with pytest.raises(
        ValueError, match="origin 44 is not in the table of 44 rows, which goes from 2024-03-01"
    ):
        model.hindcast(X, y, [20, 44], 3)
    with pytest.raises(ValueError, match=r"origin 2024-05-01 .* is not in the table of 44 rows"):
        model.hindcast(X, y, [pd.Timestamp("2024-05-01", tz="UTC")], 3)
    with pytest.raises(ValueError, match="origins is empty: name at least one row"):
        model.hindcast(X, y, [], 3)


@for_cases(REPRESENTATIVES)
def test_lengths_and_targets_that_differ_are_refused(name, model, X, y):
    if X.shape[1]:
        with pytest.raises(
            ValueError, match="X has 31 rows and y has 32; both need one row per moment"
        ):
            fresh(name).fit(X[: ROWS - 1].to_numpy(), y[:ROWS].to_numpy())
    moved = y[:ROWS].set_axis(y.index[1 : ROWS + 1])
    with pytest.raises(
        ValueError, match=r"row 0 is 2024-03-01 00:00.* in X and 2024-03-01 01:00.* in y"
    ):
        fresh(name).fit(X[:ROWS], moved)
    with pytest.raises(ValueError, match="y has 2 targets; fit saw 1"):
        model.update(X[ROWS:], np.column_stack([y, y])[ROWS:])
    with pytest.raises(
        ValueError, match=r"y must have shape \(rows,\) or \(rows, targets\); got \(32, 1, 1\)"
    ):
        fresh(name).fit(X[:ROWS], y.to_numpy()[:ROWS, None, None])


@for_cases(REPRESENTATIVES)
def test_strings_among_the_numbers_are_refused_with_value_and_row(name, X, y):
    mixed = y.astype(object)
    mixed.iloc[4] = "n/a"
    with pytest.raises(
        ValueError, match=r"y holds 'n/a' in row 2024-03-01 04:00.*, which is no number"
    ):
        fresh(name).fit(X[:ROWS], mixed[:ROWS])


@for_cases([*REPRESENTATIVES, *TAKE_GAPS])
def test_a_series_with_no_value_is_refused(name, X, y):
    with pytest.raises(ValueError, match=r"no value at all|contains NaN at row .*32 of 32 rows"):
        fresh(name).fit(X[:ROWS], y[:ROWS] * np.nan)


def test_a_constant_series_is_forecast_as_constant(name, X, y):
    constant = y * 0 + 12.5
    model = fresh(name).fit(X[:ROWS], constant[:ROWS])
    answer = model.predict(X[ROWS : ROWS + 3])
    assert np.isfinite(model.predict_interval(X[ROWS : ROWS + 3])).all()
    if name.startswith(("Naive", "ARIMA")) or "Ridge" in name:
        assert_allclose(answer, 12.5, rtol=1e-4)
    assert np.isfinite(answer).all()


@for_cases(REPRESENTATIVES)
def test_no_rows_are_refused(name, X, y):
    with pytest.raises(ValueError, match=r"no row|0 sample\(s\)"):
        fresh(name).fit(X[:0], y[:0])
