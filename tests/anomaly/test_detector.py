"""The detector: what it sees, what it may not see, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone, is_outlier_detector
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from forecast import (
    AnomalyDetector,
    ARIMAForecaster,
    ETSForecaster,
    NaiveForecaster,
    WindowForecaster,
    load,
    save,
)

SEASON = 12
TRAIN = 500


def series(n=700, seed=0, index=None):
    """Return a season with noise, in tenths."""
    rng = np.random.default_rng(seed)
    values = 10 * np.sin(2 * np.pi * np.arange(n) / SEASON) + rng.normal(size=n)
    index = pd.date_range("2024-01-01", periods=n, freq="h") if index is None else index
    return pd.Series(values.round(1), index, name="level")


def detector(alpha=0.02, **settings):
    return AnomalyDetector(NaiveForecaster(SEASON), alpha, season_length=SEASON, **settings)


def fitted(y, **settings):
    return detector(**settings).fit(y[:TRAIN])


def with_anomalies():
    """Return a series, and where it has an anomaly of each kind."""
    y = series()
    y.iloc[530] += 15
    y.iloc[560:572] += 12
    y.iloc[600:610] = y.iloc[600]
    y.iloc[660:] += np.linspace(0, 12, 40)
    return y, {"spike": (530, 531), "shift": (560, 572), "stuck": (600, 610), "drift": (660, 700)}


def test_each_kind_of_anomaly_is_seen():
    y, anomalies = with_anomalies()
    model = fitted(y)
    is_alarm = model.predict(y[TRAIN:]) < 0
    events = model.events(y[TRAIN:])
    for kind, (first, end) in anomalies.items():
        assert is_alarm[first - TRAIN : end - TRAIN].any(), kind
        begins = y.index.get_indexer(events["start"])
        kinds = set(events["kind"][(begins >= first) & (begins < end)])
        # A drift may be seen by a single error first.
        assert kind in kinds or kind == "drift"
    # Nothing else but a few rows.
    others = np.ones(len(y), dtype=bool)
    for first, end in anomalies.values():
        others[first : end + 2 * SEASON] = False
    assert is_alarm[others[TRAIN:]].mean() < 0.04


def test_ordinary_rows_raise_about_alpha_alarms():
    shares = []
    for seed in range(3):
        y = series(1200, seed)
        model = detector(0.05).fit(y[:600])
        shares.append((model.predict(y[600:]) < 0).mean())
    assert 0.005 < np.mean(shares) < 0.09


def test_the_decision_is_the_p_value_less_the_offset():
    y, _ = with_anomalies()
    model = fitted(y)
    p = model.score_samples(y[TRAIN:])
    assert_allclose(model.decision_function(y[TRAIN:]), p - model.offset_)
    assert_array_equal(model.predict(y[TRAIN:]), np.where(p <= 0.02 * (1 + 1e-9), -1, 1))
    assert ((p > 0) & (p <= 1)).all()
    assert is_outlier_detector(model)


def test_the_least_alpha_raises_alarms():
    y, _ = with_anomalies()
    # 250 rows calibrate.
    model = fitted(y, alpha=3 / 251)
    assert model.predict(y[TRAIN:])[30] == -1


@pytest.mark.parametrize(
    "forecaster",
    [
        NaiveForecaster(SEASON),
        WindowForecaster(lookback=SEASON, horizon=2),
        ETSForecaster(SEASON, form="ANA"),
        ARIMAForecaster((1, 0, 0), (0, 1, 0, SEASON), method="css"),
    ],
    ids=lambda forecaster: type(forecaster).__name__,
)
def test_rows_observed_in_parts_are_judged_as_at_once(forecaster):
    y, _ = with_anomalies()
    model = AnomalyDetector(forecaster, 0.02, season_length=SEASON).fit(y[:TRAIN])
    at_once = model.judge(y[TRAIN:])
    parts = []
    for first, last in [(500, 531), (531, 533), (533, 565), (565, 606), (606, 700)]:
        parts.append(model.judge(y[first:last]))
        model.update(y[first:last])
    pd.testing.assert_frame_equal(pd.concat(parts), at_once, rtol=1e-6)
    assert model.events().equals(clone(model).fit(y[:TRAIN]).events(y[TRAIN:]))


def test_no_row_is_judged_by_later_ones():
    y, _ = with_anomalies()
    model = fitted(y)
    before = model.score_samples(y[TRAIN:600])
    other = y.copy()
    other.iloc[600:] = 99.0
    assert_array_equal(model.score_samples(other[TRAIN:])[:100], before)


def test_rows_that_calibrate_teach_the_forecaster_nothing():
    y = series()
    X = pd.DataFrame({"x": np.random.default_rng(1).normal(size=len(y))}, y.index)
    forecaster = WindowForecaster(lookback=SEASON, past_features=["x"])

    def learned(y, X):
        model = AnomalyDetector(forecaster, 0.02, season_length=SEASON).fit(X[:TRAIN], y[:TRAIN])
        return model.forecaster_.regressors_[0].coef_, model.calibrations_[0].explanation.slopes

    later = (np.arange(len(y)) >= TRAIN // 2) * 50.0
    for one, other in zip(learned(y, X), learned(y + later, X.add(later, axis=0)), strict=True):
        assert_array_equal(one, other)


def test_features_of_the_same_moment_tell_an_anomaly_from_the_weather():
    y = series()
    rng = np.random.default_rng(2)
    X = pd.DataFrame({"weather": np.cumsum(rng.normal(0, 6, len(y)))}, y.index)
    y[:] = X["weather"] + rng.normal(size=len(y))
    y.iloc[550] += 10
    model = AnomalyDetector(alpha=0.02, season_length=SEASON)
    alone = model.fit(y[:TRAIN]).score_samples(y[TRAIN:])
    assert alone[50] > 0.02
    model.fit(X[:TRAIN], y[:TRAIN])
    assert model.score_samples(X[TRAIN:], y[TRAIN:])[50] <= 0.02


def test_judging_changes_nothing():
    y, _ = with_anomalies()
    model = fitted(y)
    first = model.score_samples(y[TRAIN:])
    given = y.copy()
    model.events(y[TRAIN:])
    assert_array_equal(model.score_samples(y[TRAIN:]), first)
    assert y.equals(given)


def test_a_table_that_does_not_follow_is_judged_by_itself():
    y, _ = with_anomalies()
    model = fitted(y)
    p = model.score_samples(y)
    assert len(p) == len(y)
    assert (p[:1] == 1).all()
    assert p[530] <= 0.02
    assert_array_equal(model.fit_predict(y)[530], -1)


def test_arrays_follow_at_once():
    y, _ = with_anomalies()
    dated = fitted(y).score_samples(y[TRAIN:])
    values = y.to_numpy()
    model = detector().fit(values[:TRAIN])
    assert_array_equal(model.score_samples(values[TRAIN:]), dated)
    model.update(values[TRAIN:600])
    assert_array_equal(model.score_samples(values[600:]), dated[100:])


def test_a_missing_value_is_no_anomaly():
    y = series()
    y.iloc[520:523] = np.nan
    y.iloc[530] += 15
    model = fitted(y)
    p = model.score_samples(y[TRAIN:])
    assert (p[20:23] == 1).all()
    assert p[30] <= 0.02
    model.update(y[TRAIN:521]).update(y[521:])
    assert y.index[530] in set(model.events()["start"])


def test_several_series_are_judged_each_by_its_own():
    y, _ = with_anomalies()
    other = 100 * series(seed=3)
    both = pd.concat({"a": y, "b": other}, names=["series", "timestamp"])
    position = both.groupby(level=0).cumcount()
    model = detector().fit(both[position < TRAIN])
    events = model.events(both[position >= TRAIN])
    alone = fitted(y).events(y[TRAIN:])
    of_a = events[events["series"] == "a"].drop(columns="series").reset_index(drop=True)
    pd.testing.assert_frame_equal(of_a, alone)
    # One of them may go on alone.
    later = both[position >= TRAIN].loc[["b"]]
    model.update(later)
    assert set(model.events()["series"]) <= {"b"}


def test_rows_in_any_order_are_answered_in_theirs():
    y, _ = with_anomalies()
    both = pd.concat({"a": y, "b": series(seed=3)}, names=["series", "timestamp"])
    position = both.groupby(level=0).cumcount()
    model = detector().fit(both[position < TRAIN])
    later = both[position >= TRAIN]
    mixed = later.iloc[np.argsort(later.index.get_level_values(1), kind="stable")]
    by_row = pd.Series(model.score_samples(later), later.index)
    assert_array_equal(model.score_samples(mixed), by_row[mixed.index])


def test_several_targets_share_alpha():
    y, _ = with_anomalies()
    both = pd.DataFrame({"one": y, "two": series(seed=3)})
    model = detector(0.03).fit(both[:TRAIN])
    judged = model.judge(both[TRAIN:])
    assert judged["anomaly"].iloc[30]
    assert judged["target"].iloc[30] == "one"
    with pytest.raises(ValueError, match="below 6 questions"):
        detector(0.02).fit(both[:TRAIN])


def test_a_saved_detector_goes_on_as_it_was(tmp_path):
    y, _ = with_anomalies()
    X = pd.DataFrame({"x": np.arange(len(y)) % 5.0}, y.index)
    forecaster = WindowForecaster(lookback=SEASON, past_features=["x"])
    model = AnomalyDetector(forecaster, 0.02, season_length=SEASON).fit(X[:TRAIN], y[:TRAIN])
    model.update(X[TRAIN:600], y[TRAIN:600])
    again = load(save(model, tmp_path / "detector.seqcast"))
    assert again.events().equals(model.events())
    expected = model.score_samples(X[600:], y[600:])
    assert_array_equal(again.score_samples(X[600:], y[600:]), expected)


def test_the_season_follows_from_the_frequency():
    days = pd.date_range("2024-01-01", periods=200, freq="D")
    assert AnomalyDetector(alpha=0.05).fit(series(200, index=days)).season_length_ == 7
    assert AnomalyDetector(alpha=0.05).fit(series(200).to_numpy()).season_length_ == 5


def test_alpha_below_what_the_rows_allow_is_refused_with_what_would_do():
    y = series()
    words = (
        r"alpha=0.001 is below 3 questions / \(250 calibration rows of the series \+ 1\). "
        r"Give alpha=0.011953 or more, or 2999 calibration rows \(5998 rows with"
    )
    with pytest.raises(ValueError, match=words):
        fitted(y, alpha=0.001)
    # Both remedies heal.
    fitted(y, alpha=0.011953)
    detector(0.001).fit(series(5998))
    with pytest.raises(ValueError, match="is below"):
        detector(0.001).fit(series(5996))


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"alpha": 0}, ValueError, "alpha of AnomalyDetector must be a number above 0"),
        ({"calibration": 1.0}, ValueError, "calibration of AnomalyDetector must be"),
        ({"patience": 0}, ValueError, "patience of AnomalyDetector must be"),
        ({"season_length": 0}, ValueError, "season_length of AnomalyDetector must be"),
        ({"forecaster": "naive"}, TypeError, "forecaster must be a forecaster"),
        ({"season_length": 300}, ValueError, "of which 250 calibrate; a season of 300 rows"),
    ],
)
def test_wrong_arguments_are_refused(settings, error, words):
    with pytest.raises(error, match=words):
        AnomalyDetector(**settings).fit(series()[:TRAIN])


def test_rows_that_do_not_follow_are_not_observed():
    y = series()
    model = fitted(y)
    with pytest.raises(ValueError, match=r"must begin at 2024-01-21 20:00:00; these begin at"):
        model.update(y[TRAIN + 1 :])
    model.update(y[TRAIN:600])
    with pytest.raises(ValueError, match="in between as well, and none twice"):
        model.update(y[TRAIN:600])
    model.update(y[600:])


def test_features_may_not_be_missing_and_values_not_infinite():
    y = series()
    X = pd.DataFrame({"x": np.arange(len(y)) % 5.0}, y.index)
    model = detector().fit(X[:TRAIN], y[:TRAIN])
    X.iloc[600, 0] = np.nan
    with pytest.raises(ValueError, match=r"X\['x'\] contains NaN at row 2024-01-26"):
        model.predict(X[TRAIN:], y[TRAIN:])
    y.iloc[650] = np.inf
    with pytest.raises(ValueError, match="contains inf"):
        fitted(y).predict(y[TRAIN:])


def test_values_are_asked_for_where_fit_had_features():
    y = series()
    X = pd.DataFrame({"x": np.arange(len(y)) % 5.0}, y.index)
    model = detector().fit(X[:TRAIN], y[:TRAIN])
    with pytest.raises(ValueError, match="fit saw features and values: pass both, as in predict"):
        model.predict(X[TRAIN:])
    model.predict(X[TRAIN:], y[TRAIN:])


BOTH = "where fit got features and values, both have to be judged"
FEW = "alpha asks for more rows"
EXPECTED = {
    "check_n_features_in_after_fitting": BOTH,
    "check_estimators_dtypes": BOTH,
    "check_dtype_object": BOTH,
    "check_estimators_pickle": BOTH,
    "check_f_contiguous_array_estimator": BOTH,
    "check_methods_sample_order_invariance": BOTH,
    "check_methods_subset_invariance": BOTH,
    "check_dict_unchanged": BOTH,
    "check_fit_idempotent": BOTH,
    "check_fit2d_predict1d": BOTH,
    "check_estimators_nan_inf": "a row without a value is judged ordinary",
    "check_classifier_data_not_an_array": FEW,
    "check_fit2d_1feature": FEW,
}


@pytest.mark.slow
def test_check_estimator():
    model = AnomalyDetector(alpha=0.3, calibration=0.6)
    results = check_estimator(model, expected_failed_checks=EXPECTED, on_skip=None)
    passed = {result["check_name"] for result in results if result["status"] == "passed"}
    assert {"check_outliers_train", "check_outliers_fit_predict"} <= passed


def test_a_detector_that_is_not_fitted_says_so():
    for call in ("predict", "score_samples", "update", "judge"):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(AnomalyDetector(), call)(series())
    with pytest.raises(NotFittedError):
        AnomalyDetector().events()
