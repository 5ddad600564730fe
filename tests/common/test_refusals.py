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
    fitted,
    for_cases,
    fresh,
    hours,
    near,
    panel,
    table,
    without,
)
from numpy.testing import assert_allclose
from sklearn.model_selection import KFold, TimeSeriesSplit, cross_val_score

import forecast


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


# These need but two rows.
@for_cases([n for n in CASES if n != NOT_READING and not n.startswith("Croston")])
def test_short_series_is_refused_by_name(name):
    X, y, train = panel(CASES[name].columns)
    short = (X.index.get_level_values(0) == "b") & (X.index.get_level_values(1) >= hours(3)[2])
    needed = r"([3456789]|20|22|24)"
    with pytest.raises(ValueError, match=rf"series 'b' has 2 rows; .* at least {needed}\b"):
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
            f"which ends at {X.index[ROWS - 1]}. Ask for rows from {X.index[ROWS]} on"
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
    with pytest.raises(ValueError, match=r"time zone UTC, these None. .*tz_localize"):
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
        ValueError, match=r"time zone UTC, these Asia/Tokyo. Bring them to one .*tz_convert"
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


@for_cases([*REPRESENTATIVES, *TAKE_GAPS])
def test_one_series_with_no_value_is_refused_by_name(name):
    X, y, train = panel(CASES[name].columns)
    empty = y.mask(y.index.get_level_values(0) == "b")
    with pytest.raises(ValueError, match=r"series 'b' has no value at all .*Drop the series"):
        fresh(name).fit(X[train], empty[train])


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


# Remedies: what a sentence says is done, and the forecasts are those of a table mended by hand

HEALED = "WindowForecaster-Ridge-columns"
NAMES = {"forecast": forecast, "numpy": np, "pandas": pd}


def heal(attempt, code, **tables):
    """Return what the remedy of a refusal makes of a table, after the same attempt is refused."""
    with pytest.raises(ValueError, match=r"\w") as caught:
        attempt()
    assert code in str(caught.value)
    return eval(code, NAMES, tables)


def answers(X, y):
    """Learn the rows up to the end of the training part of each series, and forecast the others."""
    times = X.index.get_level_values(-1)
    learn = times < hours(ROWS)[24]
    ahead = times >= hours(ROWS)[24]
    return fresh(HEALED).fit(X[learn], y[learn]).predict(X[ahead])


def one():
    return table(["seen", "known"])


def several():
    """Return the rows of three series hour by hour, so that neighbours are of different series."""
    X, y, _ = panel(["seen", "known"], lengths=(28, 28, 28))
    return X, y


def before(rows, place):
    """Return the place of the row before one, in the same series."""
    step = 1 if rows.index.nlevels == 1 else 3
    return place - step


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("make", "by_series"), [(one, ""), (several, ".groupby(level=0)")])
def test_gaps_are_filled_as_the_sentence_says(make, by_series, value):
    finite = "" if np.isnan(value) else ".replace([numpy.inf, -numpy.inf], numpy.nan)"
    X, y = make()
    place = 20
    spoilt = y.copy()
    spoilt.iloc[place] = value
    code = f"y{finite}{by_series}.ffill()"
    healed = heal(lambda: answers(X, spoilt), code, y=spoilt)
    by_hand = y.copy()
    by_hand.iloc[place] = y.iloc[before(y, place)]
    near(answers(X, healed), answers(X, by_hand))

    spoilt = X.copy()
    spoilt.iloc[place, 1] = value
    healed = heal(lambda: answers(spoilt, y), f"X{finite}{by_series}.ffill()", X=spoilt)
    by_hand = X.copy()
    by_hand.iloc[place, 1] = X.iloc[before(X, place), 1]
    near(answers(healed, y), answers(by_hand, y))


@pytest.mark.parametrize("make", [one, several])
def test_rows_that_have_not_begun_are_left_out_as_the_sentence_says(make):
    X, y = make()
    times = X.index.get_level_values(-1)
    begun = times >= hours(5)[3]
    spoilt = y.where(begun)
    part = "forecast.part_at_last_value(X, y)"
    healed = heal(lambda: answers(X, spoilt), part, X=X, y=spoilt)
    near(
        answers(pd.concat([healed.X, healed.ahead]), healed.y.reindex(healed.X.index)),
        answers(X[begun], y[begun]),
    )
    spoilt = X.assign(known=X["known"].where(begun))
    with pytest.raises(ValueError, match="leave out the rows before the first value of a column"):
        answers(spoilt, y)
    near(answers(spoilt.dropna(), y[begun]), answers(X[begun], y[begun]))


@pytest.mark.parametrize("make", [one, several])
def test_rows_after_the_last_value_are_forecast_as_the_sentence_says(make):
    X, y = make()
    over = X.index.get_level_values(-1) >= hours(ROWS)[26]
    spoilt = y.mask(over)
    part = "forecast.part_at_last_value(X, y)"
    healed = heal(lambda: fresh(HEALED).fit(X, spoilt), part, X=X, y=spoilt)
    near(
        fresh(HEALED).fit(healed.X, healed.y).predict(healed.ahead),
        fresh(HEALED).fit(X[~over], y[~over]).predict(X[over]),
    )


def test_a_series_without_a_value_is_dropped_as_the_sentence_says():
    X, y = several()
    is_b = y.index.get_level_values(0) == "b"
    spoilt = y.mask(is_b)
    code = "frame.drop('b', level=0)"
    healed = heal(lambda: answers(X, spoilt), code, frame=spoilt)
    near(answers(X.drop("b", level=0), healed), answers(X[~is_b], y[~is_b]))


def test_a_target_without_a_value_is_named():
    y = pd.DataFrame({"one": np.arange(9.0), "two": np.nan})
    with pytest.raises(ValueError, match=r"y\['two'\] of the series has no value at all"):
        fresh("NaiveForecaster-seasonal").fit(y)


@pytest.mark.parametrize("make", [one, several])
def test_rows_are_sorted_as_the_sentence_says(make):
    X, y = make()
    with pytest.raises(ValueError, match=r"not sorted\. Use frame\.sort_index\(\)"):
        fresh(HEALED).fit(X[::-1], y[::-1])
    healed = answers(X[::-1].sort_index(), y[::-1].sort_index())
    near(healed, answers(X.sort_index(), y.sort_index()))


@for_cases([HEALED])
def test_moments_are_brought_to_the_time_zone_as_the_sentence_says(model, X):
    expected = model.predict(X[ROWS:])
    naive = X[ROWS:].set_axis(X.index[ROWS:].tz_localize(None))
    index = heal(lambda: model.predict(naive), "index.tz_localize", index=naive.index)("UTC")
    near(model.predict(naive.set_axis(index)), expected)
    moved = X[ROWS:].set_axis(X.index[ROWS:].tz_convert("Asia/Tokyo"))
    index = heal(lambda: model.predict(moved), "index.tz_convert", index=moved.index)("UTC")
    near(model.predict(moved.set_axis(index)), expected)


def test_series_are_named_and_left_unnamed_as_the_sentence_says():
    X, y = several()
    of_a, y_of_a = X.loc["a"], y.loc["a"]
    model = fresh(HEALED).fit(of_a[:28], y_of_a[:28])
    alone = heal(lambda: model.predict(X), "X.loc[name]", X=X, name="a")
    expected = model.predict(of_a[28:])
    near(model.predict(alone[28:]), expected)
    model = fresh(HEALED).fit(X.loc[["a"]][:28], y.loc[["a"]][:28])
    named = heal(
        lambda: model.predict(of_a[28:]), "pandas.concat({name: X})", X=of_a[28:], name="a"
    )
    near(model.predict(named), expected)


def test_what_is_not_known_ahead_is_given_or_named_as_the_sentence_says():
    X, y = one()
    model = fresh(HEALED).fit(X[:ROWS], y[:ROWS])
    with pytest.raises(ValueError, match="must be known ahead") as caught:
        model.predict(3)
    assert "Pass the rows of X for these moments" in str(caught.value)
    assert np.isfinite(model.predict(X[ROWS : ROWS + 3])).all()
    assert "or name the features in past_features" in str(caught.value)
    both = fresh(HEALED).set_params(past_features=["seen", "known"]).fit(X[:ROWS], y[:ROWS])
    near(both.predict(3), both.predict(X[ROWS : ROWS + 3] * np.nan))


def test_rows_inside_the_training_part_are_asked_later_as_the_sentence_says():
    X, _ = one()
    with pytest.raises(ValueError, match=re.escape(f"Ask for rows from {X.index[ROWS]} on")):
        fitted(HEALED).predict(X[ROWS - 2 :])
    near(fitted(HEALED).predict(X.loc[X.index[ROWS] :])[:3], fitted(HEALED).predict(X[ROWS:])[:3])


# Of the index


def seasonal(y):
    """Forecast three rows after a table with the seasonal naive method."""
    return fresh("NaiveForecaster-seasonal").fit(y).predict(3)


@pytest.mark.parametrize(
    "index", [pd.RangeIndex(5, 12), pd.period_range("2024-01", periods=7, freq="M")]
)
def test_missing_numbers_and_periods_are_added_as_the_sentence_says(index):
    y = pd.Series(np.arange(7.0) ** 2, index)
    spoilt = y.drop(index[4])
    reindex = heal(lambda: seasonal(spoilt), "frame.reindex", frame=spoilt)
    opened = reindex(index)
    filled = heal(lambda: seasonal(opened), "y.ffill()", y=opened)
    by_hand = y.copy()
    by_hand.iloc[4] = y.iloc[3]
    near(seasonal(filled), seasonal(by_hand))


def test_texts_in_the_index_are_read_as_the_sentence_says():
    _, y = one()
    texts = y.set_axis(y.index.astype(str))
    read = heal(lambda: seasonal(texts), "pandas.to_datetime", index=texts.index)
    near(seasonal(texts.set_axis(read(texts.index))), seasonal(y))


def test_series_are_brought_to_one_frequency_as_the_sentence_says():
    _, y = one()
    mixed = pd.concat({"a": y[:9], "b": y[:9:2]})
    regularize = heal(lambda: seasonal(mixed), "forecast.regularize", frame=mixed)
    filled = regularize(mixed, "h").groupby(level=0).ffill()
    by_hand = pd.concat({"a": y[:9], "b": y[:9].iloc[[0, 0, 2, 2, 4, 4, 6, 6, 8]]})
    by_hand = by_hand.set_axis(filled.index)
    near(seasonal(filled), seasonal(by_hand))


def test_rows_between_two_steps_are_asked_on_the_grid_as_the_sentence_says():
    X, _ = one()
    model = fitted(HEALED)
    ahead = X[ROWS : ROWS + 3]
    with pytest.raises(ValueError, match=r"Ask for moments on this grid"):
        model.predict(ahead.set_axis(ahead.index + pd.Timedelta("20min")))
    on_grid = (ahead.index + pd.Timedelta("20min")).floor("h")
    near(model.predict(ahead.set_axis(on_grid)), model.predict(ahead))


def test_a_row_without_a_moment_is_dropped_as_the_sentence_says():
    _, y = one()
    spoilt = pd.concat([y[:4], pd.Series([9.0], pd.DatetimeIndex([pd.NaT], tz="UTC")), y[4:]])
    with pytest.raises(ValueError, match=r"row 4 has no timestamp\. Drop it"):
        seasonal(spoilt)
    near(seasonal(spoilt[spoilt.index.notna()]), seasonal(y))


def test_x_and_y_get_the_same_index_as_the_sentence_says():
    X, y = one()
    moved = y.set_axis(y.index + pd.Timedelta("1h"))
    with pytest.raises(ValueError, match="both need the same index"):
        answers(X, moved)
    near(answers(X, moved.set_axis(X.index)), answers(X, y))


@pytest.mark.parametrize("framed", [True, False])
def test_rows_are_asked_from_behind_the_training_part_on_as_the_sentence_says(framed):
    """The first row that a forecast beyond a gap needs is the one after the training part."""
    X, y = one()
    if framed:
        X = X.reset_index(drop=True)
        y = y.reset_index(drop=True)
    model = fresh(HEALED).fit(X[:ROWS], y[:ROWS])
    later = X[ROWS + 5 : ROWS + 7]
    with pytest.raises(ValueError, match=re.escape(f"since {X.index[ROWS]}. Pass these rows")):
        model.predict(later)
    near(model.predict(X[ROWS : ROWS + 7])[5:], model.hindcast(X, y, [ROWS - 1], 7)[0, 5:])


def test_the_gap_of_a_splitter_is_left_to_a_backtest_as_the_sentence_says():
    X, y = one()
    splitter = TimeSeriesSplit(2, gap=3, test_size=2)
    with pytest.raises(ValueError, match=r"backtest\(…, cv=RollingOrigin\(gap=…\)\)"):
        cross_val_score(fresh(HEALED), X, y, cv=splitter, error_score="raise")
    cv = forecast.RollingOrigin(horizon=2, origins=1, gap=3)
    found = forecast.backtest(fresh(HEALED), X, y, cv=cv).forecasts["forecast"]
    learned = fresh(HEALED).fit(X[:-5], y[:-5])
    near(found, learned.predict(X[-5:])[3:])


@pytest.mark.parametrize("numbered", [True, False])
def test_a_hole_that_a_splitter_made_names_the_splitters_that_make_none(numbered):
    X, y = one()
    if numbered:
        X = X.reset_index(drop=True)
        y = y.reset_index(drop=True)
    folds = KFold(3).split(X)
    _, (middle, held_out) = next(folds), next(folds)
    with pytest.raises(ValueError, match="or split with TimeSeriesSplit or RollingOrigin where"):
        fresh(HEALED).fit(X.iloc[middle], y.iloc[middle]).predict(X.iloc[held_out])
    for cv in (TimeSeriesSplit(2, test_size=2), forecast.RollingOrigin(horizon=2, origins=2)):
        scores = cross_val_score(fresh(HEALED), X, y, cv=cv, error_score="raise")
        assert np.isfinite(scores).all()


def test_a_single_missing_row_is_no_fold():
    _, y = one()
    with pytest.raises(ValueError, match=r"is missing \(1 row is\)") as caught:
        seasonal(y.drop(y.index[5]))
    assert "split" not in str(caught.value)
