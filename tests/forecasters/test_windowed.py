"""Any regressor as a forecaster: the same numbers as windows, targets and the regressor by hand."""

import naive
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVR

from forecast import SlidingWindow, WindowForecaster

LOOKBACK, HORIZON, ROWS = 5, 3, 60


class FlatRidge(RegressorMixin, BaseEstimator):
    """A regressor for tensors that is a ridge on flat windows."""

    def fit(self, X, y):
        self.ridge_ = Ridge(0.3).fit(X.reshape(len(X), -1), y)
        return self

    def predict(self, X):
        return self.ridge_.predict(X.reshape(len(X), -1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.target_tags.multi_output = True
        return tags


def table(n=ROWS + 10, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"wind": rng.normal(size=n), "price": rng.normal(size=n)})
    y = (
        10
        + np.sin(np.arange(n))
        + 0.5 * X["price"].to_numpy()
        + 0.2 * np.cumsum(rng.normal(size=n))
    )
    return X.set_index(pd.date_range("2024", periods=n, freq="h")), y


def pairs(rows, y, origins):
    """Return flat windows and targets for some origins."""
    windows, targets = naive.windows(rows, LOOKBACK), naive.lead(y, HORIZON)
    return windows[origins].reshape(len(origins), -1), targets[origins].reshape(len(origins), -1)


WHOLE = np.arange(LOOKBACK - 1, ROWS - HORIZON)  # origins with all their history and future


def test_a_ridge_on_the_series_alone_is_one_on_its_windows():
    _, y = table()
    inputs, targets = pairs(y[:ROWS, None], y[:ROWS], WHOLE)
    by_hand = Ridge(0.3).fit(inputs, targets)
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(y[:ROWS])
    assert len(model.regressors_) == 1
    assert_allclose(
        model.predict(HORIZON), by_hand.predict(y[None, ROWS - LOOKBACK : ROWS])[0], rtol=1e-9
    )
    origins = np.arange(LOOKBACK - 1, ROWS + 6)
    inputs, _ = pairs(y[:, None], y, origins)
    assert_allclose(model.hindcast(None, y, origins, HORIZON), by_hand.predict(inputs), rtol=1e-9)


def test_columns_seen_are_channels_and_columns_known_ahead_are_read_at_each_step():
    X, y = table()
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON, past_features=["wind"]).fit(
        X[:ROWS], y[:ROWS]
    )
    rows = np.column_stack([y, X])
    inputs, targets = pairs(rows[:ROWS], y[:ROWS], WHOLE)
    price = X["price"].to_numpy()
    last = rows[ROWS - LOOKBACK : ROWS].ravel()
    answer = []
    for step in range(1, HORIZON + 1):
        by_hand = Ridge(0.3).fit(
            np.column_stack([inputs, price[WHOLE + step]]), targets[:, step - 1]
        )
        answer.append(by_hand.predict([[*last, price[ROWS - 1 + step]]])[0])
    assert len(model.regressors_) == HORIZON
    assert_allclose(model.predict(X[ROWS : ROWS + HORIZON]), answer, rtol=1e-9)


def test_several_targets_share_their_windows():
    _, y = table()
    both = np.column_stack([y, np.cos(y)])
    inputs, targets = pairs(both[:ROWS], both[:ROWS], WHOLE)
    expected = (
        Ridge(0.3).fit(inputs, targets).predict(both[None, ROWS - LOOKBACK : ROWS].reshape(1, -1))
    )
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(both[:ROWS])
    assert_allclose(model.predict(HORIZON), expected.reshape(HORIZON, 2), rtol=1e-9)


def test_one_regressor_learns_from_the_windows_of_all_series():
    parts = [table(n, seed)[1] for seed, n in enumerate((40, 25, 33))]
    index = pd.MultiIndex.from_tuples(
        [(k, t) for k, y in zip("abc", parts, strict=True) for t in range(len(y))]
    )
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(
        pd.Series(np.concatenate(parts), index)
    )
    stacks = [pairs(y[:, None], y, np.arange(LOOKBACK - 1, len(y) - HORIZON)) for y in parts]
    by_hand = Ridge(0.3).fit(
        np.concatenate([s[0] for s in stacks]), np.concatenate([s[1] for s in stacks])
    )
    expected = by_hand.predict([y[-LOOKBACK:] for y in parts])
    assert_allclose(model.predict(HORIZON).reshape(3, HORIZON), expected, rtol=1e-9)


def test_intervals_are_quantiles_of_held_out_errors():
    _, y = table()
    y = y[:ROWS]
    moments = len(WHOLE)
    later = WHOLE[int(np.ceil(moments * 0.75)) :]
    earlier = WHOLE[later[0] >= WHOLE + HORIZON]  # no target reaches into the held-out part
    by_hand = Ridge(0.3).fit(*pairs(y[:, None], y, earlier))
    inputs, targets = pairs(y[:, None], y, later)
    errors = targets - by_hand.predict(inputs)
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON, validation_fraction=0.25).fit(y)
    expected = model.predict(HORIZON)[:, None] + np.quantile(errors, [0.1, 0.5, 0.9], axis=0).T
    assert_allclose(model.predict_quantiles(HORIZON, [0.1, 0.5, 0.9]), expected, rtol=1e-9)


def test_a_linear_recurrence_is_continued_exactly():
    y = [1.0, 1.0]
    for _ in range(60):
        y.append(1.6 * y[-1] - 0.9 * y[-2] + 0.3)
    model = WindowForecaster(LinearRegression(), lookback=2, horizon=1).fit(y[:50])
    assert_allclose(model.predict(12), y[50:62], rtol=1e-6)


def test_a_level_1_pipeline_learns_as_it_does_alone():
    X, y = table()
    frame = np.column_stack([y, X["wind"]])[:ROWS]
    pipeline = make_pipeline(StandardScaler(), SlidingWindow(LOOKBACK), FlatRidge())
    model = WindowForecaster(pipeline, LOOKBACK, HORIZON, past_features=[0]).fit(
        X[["wind"]][:ROWS].to_numpy(), y[:ROWS]
    )
    scaler = StandardScaler().fit(frame[: WHOLE[-1] + 1])  # the rows that the windows read
    inputs, targets = pairs(scaler.transform(frame), y[:ROWS], WHOLE)
    expected = (
        Ridge(0.3).fit(inputs, targets).predict(scaler.transform(frame)[-LOOKBACK:].reshape(1, -1))
    )
    assert_allclose(model.predict(HORIZON), expected[0], rtol=1e-6)


def test_regressors_for_tensors_get_tensors_and_others_get_rows():
    _, y = table()
    tensors = WindowForecaster(FlatRidge(), LOOKBACK, HORIZON).fit(y)
    rows = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(y)
    assert_allclose(tensors.predict(7), rows.predict(7), rtol=1e-12)


@pytest.mark.parametrize(
    "regressor",
    [
        SVR(),
        MultiOutputRegressor(SVR()),
        make_pipeline(StandardScaler(), SVR()),
        make_pipeline(
            SlidingWindow(LOOKBACK), FunctionTransformer(lambda X: X.reshape(len(X), -1)), SVR()
        ),
    ],
    ids=["alone", "wrapped", "in a pipeline", "behind a window"],
)
def test_regressors_of_one_output_answer_every_step(regressor):
    _, y = table()
    answer = WindowForecaster(regressor, LOOKBACK, HORIZON).fit(y[:ROWS]).predict(HORIZON)
    assert answer.shape == (HORIZON,)
    assert np.isfinite(answer).all()


def test_the_regressor_given_stays_as_it_was():
    _, y = table()
    regressor = Ridge(0.3)
    pipeline = make_pipeline(StandardScaler(), SlidingWindow(LOOKBACK), FlatRidge())
    WindowForecaster(regressor, LOOKBACK, HORIZON).fit(y)
    WindowForecaster(pipeline, LOOKBACK, HORIZON).fit(y)
    assert not hasattr(regressor, "coef_")
    assert not hasattr(pipeline[0], "mean_")
    assert not hasattr(pipeline[-1], "ridge_")


def test_no_regressor_means_a_ridge():
    _, y = table()
    assert_array_equal(
        WindowForecaster(None, 5, 3).fit(y).predict(4),
        WindowForecaster(Ridge(), 5, 3).fit(y).predict(4),
    )


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"lookback": 0},
            "lookback of WindowForecaster must be a whole number of at least 1; got 0",
        ),
        (
            {"horizon": 1.5},
            "horizon of WindowForecaster must be a whole number of at least 1; got 1.5",
        ),
        (
            {"validation_fraction": 1.0},
            "validation_fraction of WindowForecaster must be a number from 0 to below 1",
        ),
        ({"regressor": "ridge"}, "regressor must be a scikit-learn regressor; got 'ridge'"),
        (
            {"regressor": StandardScaler()},
            r"regressor must be a scikit-learn regressor; got StandardScaler\(\)",
        ),
        (
            {"regressor": make_pipeline(SlidingWindow(9), FlatRidge()), "lookback": 5},
            r"lookback=5, but the pipeline has SlidingWindow\(9\): give the same",
        ),
        (
            {"past_features": ["wnid"]},
            r"past_features names 'wnid', which X does not have; did you mean 'wind'\?",
        ),
        (
            {"past_features": "wind"},
            r"past_features must be a list of names .* got the text 'wind'",
        ),
        (
            {"lookback": 40, "horizon": 31},
            "the series has 70 rows; lookback=40 and horizon=31 needs? at least 71",
        ),
    ],
)
def test_wrong_parameters_are_refused(parameters, sentence):
    X, y = table()
    with pytest.raises((ValueError, TypeError), match=sentence):
        WindowForecaster(**parameters).fit(X, y)


def test_an_unfitted_class_is_no_regressor():
    X, y = table()
    with pytest.raises(
        TypeError, match=r"Expected an estimator instance \(Ridge\(\)\), got estimator class"
    ):
        WindowForecaster(Ridge).fit(X, y)
