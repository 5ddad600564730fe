"""Windows and targets: every row is an origin, nothing is copied, nothing sees the future."""

import naive
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from forecast import SlidingWindow, lead
from forecast.tables.windows import Slices

ROW_ORDER_IS_TIME = {
    "check_methods_sample_order_invariance": "row order is time",
    "check_methods_subset_invariance": "row order is time",
}


class LastPlusMean(RegressorMixin, BaseEstimator):
    """A regressor that takes tensors and is easy to follow: last timestep + `share` of the mean."""

    def __init__(self, share=0.5):
        self.share = share

    def fit(self, X, y):
        self.shape_ = X.shape[1:]
        return self

    def predict(self, X):
        first = X[:, :, 0]  # (samples, timesteps)
        return first[:, -1] + self.share * first.mean(axis=1)


def rows(n=9, features=2, seed=0):
    """Return a table of random numbers."""
    rng = np.random.default_rng(seed)
    return rng.normal(3, 2, (n, features)).astype(np.float32)


@pytest.mark.parametrize("lookback", [1, 2, 5, 9, 12])
@pytest.mark.parametrize("features", [1, 3])
def test_windows_equal_the_obvious_ones(lookback, features):
    X = rows(features=features)
    tensor = SlidingWindow(lookback).fit_transform(X)
    assert tensor.shape == (9, lookback, features)
    assert tensor.dtype == np.float32
    assert_array_equal(tensor, naive.windows(X, lookback))


@pytest.mark.parametrize("horizon", [1, 2, 5, 9, 12])
@pytest.mark.parametrize(
    "y",
    [rows(features=1)[:, 0], rows(features=3), [1, 4, 9], pd.Series([2.5, 1.0, 7.0])],
    ids=["single", "many", "list", "series"],
)
def test_lead_equals_the_obvious_one(horizon, y):
    targets = lead(y, horizon)
    assert targets.shape == (len(y), horizon, *np.shape(y)[1:])
    assert targets.dtype == np.float64
    assert_array_equal(targets, naive.lead(np.asarray(y, dtype=float), horizon))


@given(
    n=st.integers(1, 30),
    lookback=st.integers(1, 8),
    horizon=st.integers(1, 8),
    features=st.integers(1, 3),
)
def test_row_i_of_every_tensor_is_the_origin_i(n, lookback, horizon, features):
    # Each cell says in which row it stands.
    moments = np.arange(n)[:, None] + np.linspace(0, 0.5, features)
    windows = SlidingWindow(lookback).fit_transform(moments)
    targets = lead(moments, horizon)
    assert len(windows) == len(targets) == n
    for i in range(n):
        past = windows[i]
        assert_allclose(past[-1], moments[i], rtol=1e-6)
        # NaN exactly where there is no such row.
        rows_seen = np.arange(i - lookback + 1, i + 1)
        assert_array_equal(np.isnan(past[:, 0]), rows_seen < 0)
        assert_allclose(past[rows_seen >= 0, 0], rows_seen[rows_seen >= 0], rtol=1e-6)
        # The future begins where the window ends.
        rows_ahead = np.arange(i + 1, i + 1 + horizon)
        future = targets[i]
        assert_array_equal(np.isnan(future[:, 0]), rows_ahead >= n)
        assert_allclose(future[rows_ahead < n, 0], rows_ahead[rows_ahead < n])


@given(origin=st.integers(0, 18), lookback=st.integers(1, 6))
def test_windows_never_see_the_future(origin, lookback):
    X = rows(20)
    before = SlidingWindow(lookback).fit_transform(X)[: origin + 1].copy()
    X[origin + 1 :] = 777.0
    assert_array_equal(SlidingWindow(lookback).fit_transform(X)[: origin + 1], before)


@given(origin=st.integers(0, 18), horizon=st.integers(1, 6))
def test_targets_hold_the_future_only(origin, horizon):
    y = rows(20)[:, 0]
    before = lead(y, horizon)[origin:].copy()
    y[: origin + 1] = 777.0
    assert_array_equal(lead(y, horizon)[origin:], before)


def test_windows_share_one_padded_table():
    tensor = SlidingWindow(5).fit_transform(rows(50, 3))
    assert not tensor.flags.owndata
    assert np.shares_memory(tensor[10], tensor[11])
    assert tensor.strides[0] == tensor.strides[1]
    base = tensor
    while base.base is not None:
        base = base.base
    assert base.nbytes == (50 + 4) * 3 * 4  # O(rows), not O(rows · lookback)
    with pytest.raises(ValueError, match="read-only"):
        tensor[0] = 1.0


def test_targets_share_one_padded_table():
    targets = lead(rows(50)[:, 0], 5)
    assert np.shares_memory(targets[10], targets[11])
    with pytest.raises(ValueError, match="read-only"):
        targets[0] = 1.0


def test_the_table_itself_stays_as_it_was():
    X = rows()
    y = X[:, 0].astype(np.float64)
    tensor = SlidingWindow(3).fit_transform(X)
    targets = lead(y, 2)
    # Changing the table later changes no window.
    assert not np.shares_memory(tensor, X)
    assert not np.shares_memory(targets, y)
    assert_array_equal(X, rows())
    assert_array_equal(y, rows()[:, 0])


def test_gaps_stay_gaps():
    X = rows()
    X[4, 1] = np.nan
    assert_array_equal(SlidingWindow(3).fit_transform(X), naive.windows(X, 3))
    assert_array_equal(lead(X, 2), naive.lead(X.astype(float), 2))


@pytest.mark.parametrize("lookback", [0, -1, 2.5, "3", None, True])
def test_lookbacks_that_are_none_are_refused(lookback):
    sentence = rf"lookback of SlidingWindow must be a whole number of at least 1; got {lookback!r}"
    with pytest.raises((ValueError, TypeError), match=sentence):
        SlidingWindow(lookback).fit(rows())


@pytest.mark.parametrize("horizon", [0, -1, 2.5, "3", None, True])
def test_horizons_that_are_none_are_refused(horizon):
    sentence = rf"horizon must be a whole number of at least 1; got {horizon!r}"
    with pytest.raises((ValueError, TypeError), match=sentence):
        lead([1.0, 2.0], horizon)


def test_targets_of_three_axes_are_refused():
    with pytest.raises(
        ValueError, match=r"y must have shape \(rows,\) or \(rows, targets\); got \(2, 2, 2\)"
    ):
        lead(np.ones((2, 2, 2)), 1)


def test_inf_is_refused():
    X = rows()
    X[2, 0] = np.inf
    with pytest.raises(ValueError, match="contains infinity"):
        SlidingWindow(2).fit(X)


def test_other_columns_than_in_fit_are_refused():
    frame = pd.DataFrame(rows(), columns=["temp", "dewp"])
    windows = SlidingWindow(2).fit(frame)
    with pytest.raises(ValueError, match="same order as they were in fit"):
        windows.transform(frame[["dewp", "temp"]])
    with pytest.raises(ValueError, match="X has 1 features, but SlidingWindow is expecting 2"):
        SlidingWindow(2).fit(rows()).transform(rows(features=1))
    with pytest.raises(NotFittedError, match="not fitted yet"):
        SlidingWindow(2).transform(frame)


# scikit-learn


def test_check_estimator_whole_for_one_timestep():
    check_estimator(SlidingWindow(lookback=1), on_skip=None)


def test_check_estimator_but_for_the_order_of_rows():
    results = check_estimator(
        SlidingWindow(lookback=3), expected_failed_checks=ROW_ORDER_IS_TIME, on_skip=None
    )
    assert {r["check_name"] for r in results if r["status"] == "xfail"} == set(ROW_ORDER_IS_TIME)


def test_names_of_features_are_those_of_the_columns():
    frame = pd.DataFrame(rows(), columns=["temp", "dewp"])
    assert list(SlidingWindow(4).fit(frame).get_feature_names_out()) == ["temp", "dewp"]
    assert list(SlidingWindow(4).fit(rows()).get_feature_names_out()) == ["x0", "x1"]
    names = make_pipeline(StandardScaler(), SlidingWindow(4)).fit(frame).get_feature_names_out()
    assert list(names) == ["temp", "dewp"]


def test_clone_keeps_the_lookback():
    copy = clone(SlidingWindow(7).fit(rows()))
    assert copy.get_params() == {"lookback": 7}
    assert not hasattr(copy, "n_features_in_")


@pytest.mark.parametrize("container", ["default", "pandas"])
def test_pipelines_pass_the_tensor_on(container):
    index = pd.date_range("2024", periods=30)
    frame = pd.DataFrame(rows(30), index, columns=["temp", "dewp"])
    pipeline = make_pipeline(StandardScaler(), SlidingWindow(4), LastPlusMean()).set_output(
        transform=container
    )
    target = lead(frame["temp"], 1)[:, 0]
    answer = pipeline.fit(frame, target).predict(frame)
    assert pipeline[-1].shape_ == (4, 2)
    # Three rows have no whole window; the others answer with their last timestep and half the mean.
    temp = StandardScaler().fit_transform(frame)[:, 0]
    expected = [temp[i] + temp[i - 3 : i + 1].mean() / 2 for i in range(3, 30)]
    assert_array_equal(np.isnan(answer), np.arange(30) < 3)
    assert_allclose(answer[3:], expected, rtol=1e-5)
    windows = SlidingWindow(2).set_output(transform=container)
    assert isinstance(windows.fit_transform(frame), np.ndarray)


def test_windows_do_not_join_a_table():
    union = FeatureUnion([("now", FunctionTransformer()), ("windows", SlidingWindow(2))])
    with pytest.raises(ValueError, match="dimensions"):
        union.fit_transform(rows())


def test_grid_search_over_the_lookback():
    X = rows(60, 1)
    # A lookback of 3 is exact.
    mean = naive.windows(X, 3)[:, :, 0].mean(axis=1)
    y = X[:, 0] + 0.5 * mean
    y[:2] = 0.0

    def score(model, X, y):
        error = np.abs(model.predict(X) - y)
        return -error[5:].mean()

    search = GridSearchCV(
        make_pipeline(SlidingWindow(), LastPlusMean()),
        {"slidingwindow__lookback": [1, 2, 3, 4], "lastplusmean__share": [0.1, 0.5]},
        cv=TimeSeriesSplit(3),
        scoring=score,
        error_score="raise",
    ).fit(X, y)
    assert search.best_params_ == {"slidingwindow__lookback": 3, "lastplusmean__share": 0.5}


# Slices


def test_slices_of_overlapping_windows_are_a_view():
    tensor = SlidingWindow(4).fit_transform(rows(20, 2))
    slices = Slices.of(tensor)
    assert np.shares_memory(slices.rows, tensor)
    assert slices.rows.shape == (23, 2)
    assert len(slices) == 20
    assert_array_equal(slices[:], tensor)
    some = np.array([7, 3, 3])
    assert_array_equal(slices[some], tensor[some])
    assert_array_equal(slices.keep(some)[:], tensor[some])


@pytest.mark.parametrize(
    "part", [slice(0, 1), slice(5, 6), slice(4, 12), slice(None, None, 2), slice(None, None, -1)]
)
def test_slices_of_parts_of_a_tensor_are_these_parts(part):
    tensor = SlidingWindow(4).fit_transform(rows(20, 2))[part]
    slices = Slices.of(tensor)
    assert_array_equal(slices[:], tensor)
    assert_array_equal(slices.complete(), ~np.isnan(tensor).any(axis=(1, 2)))


@given(
    samples=st.integers(1, 6),
    timesteps=st.integers(1, 5),
    channels=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_slices_of_any_tensor_are_its_windows(samples, timesteps, channels, seed):
    rng = np.random.default_rng(seed)
    tensor = rng.normal(size=(samples, timesteps, channels)).astype(np.float32)
    tensor[rng.random(tensor.shape) < 0.1] = np.nan
    slices = Slices.of(tensor)
    assert len(slices) == samples
    assert_array_equal(slices[:], tensor)
    assert_array_equal(slices.complete(), ~np.isnan(tensor).any(axis=(1, 2)))


def test_slices_of_a_transposed_tensor_are_its_windows():
    tensor = np.arange(24.0, dtype=np.float32).reshape(4, 3, 2).transpose(2, 1, 0)
    assert_array_equal(Slices.of(tensor)[:], tensor)


def test_slices_of_repeated_windows_are_these_windows():
    once = rows(4, 2)
    tensor = np.broadcast_to(once, (5, 4, 2))
    assert_array_equal(Slices.of(tensor)[:], tensor)
    constant = np.broadcast_to(np.float32(1.5), (5, 4, 2))
    assert_array_equal(Slices.of(constant)[:], constant)


def test_lead_reads_numbers_of_every_kind_and_no_texts():
    values = pd.Series([1, None, 3], dtype="Int64")
    assert_array_equal(lead(values, 1)[:, 0], [np.nan, 3.0, np.nan])
    with pytest.raises(ValueError, match="y holds 'three' in row 2, which is no number"):
        lead(["1", "2", "three"], 1)
