"""Any regressor as a forecaster: the same numbers as windows, targets and the regressor by hand."""

import naive
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import lfilter
from scipy.stats import gamma, norm
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, PoissonRegressor, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVR
from sklearn.utils import all_estimators

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


def units(rows):
    """Return the mean and the deviation of each column."""
    return rows.mean(axis=0), rows.std(axis=0)


def test_a_ridge_on_the_series_alone_is_one_on_its_standardised_windows():
    _, y = table()
    mean, scale = units(y[:ROWS])
    z = (y - mean) / scale
    by_hand = Ridge(0.3).fit(*pairs(z[:ROWS, None], z[:ROWS], WHOLE))
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(y[:ROWS])
    assert len(model.regressors_) == 1
    last = z[None, ROWS - LOOKBACK : ROWS]
    assert_allclose(model.predict(HORIZON), mean + scale * by_hand.predict(last)[0], rtol=1e-9)
    origins = np.arange(LOOKBACK - 1, ROWS + 6)
    inputs, _ = pairs(z[:, None], z, origins)
    expected = mean + scale * by_hand.predict(inputs)
    assert_allclose(model.hindcast(None, y, origins, HORIZON), expected, rtol=1e-9)


def test_columns_seen_are_channels_and_columns_known_ahead_are_read_at_each_step():
    X, y = table()
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON, past_features=["wind"]).fit(
        X[:ROWS], y[:ROWS]
    )
    rows = np.column_stack([y, X])
    mean, scale = units(rows[:ROWS])
    rows = (rows - mean) / scale
    inputs, targets = pairs(rows[:ROWS], rows[:ROWS, 0], WHOLE)
    price = rows[:, 2]
    last = rows[ROWS - LOOKBACK : ROWS].ravel()
    answer = []
    for step in range(1, HORIZON + 1):
        by_hand = Ridge(0.3).fit(
            np.column_stack([inputs, price[WHOLE + step]]), targets[:, step - 1]
        )
        answer.append(by_hand.predict([[*last, price[ROWS - 1 + step]]])[0])
    assert len(model.regressors_) == HORIZON
    expected = mean[0] + scale[0] * np.array(answer)
    assert_allclose(model.predict(X[ROWS : ROWS + HORIZON]), expected, rtol=1e-9)


def test_several_targets_share_their_windows():
    _, y = table()
    both = np.column_stack([y, np.cos(y)])
    mean, scale = units(both[:ROWS])
    both_standard = (both - mean) / scale
    inputs, targets = pairs(both_standard[:ROWS], both_standard[:ROWS], WHOLE)
    last = both_standard[None, ROWS - LOOKBACK : ROWS].reshape(1, -1)
    expected = Ridge(0.3).fit(inputs, targets).predict(last).reshape(HORIZON, 2)
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(both[:ROWS])
    assert_allclose(model.predict(HORIZON), mean + scale * expected, rtol=1e-9)


def three_series():
    """Return three series of other lengths and units, and their panel."""
    parts = [
        table(n, seed)[1] * unit for seed, n, unit in ((0, 40, 1e-6), (1, 25, 1), (2, 33, 1e9))
    ]
    index = pd.MultiIndex.from_tuples(
        [(k, t) for k, y in zip("abc", parts, strict=True) for t in range(len(y))]
    )
    return parts, pd.Series(np.concatenate(parts), index)


def test_one_regressor_learns_from_the_windows_of_all_series_each_in_its_unit():
    parts, y = three_series()
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(y)
    measures = [units(part) for part in parts]
    parts = [(part - m) / s for part, (m, s) in zip(parts, measures, strict=True)]
    stacks = [pairs(y[:, None], y, np.arange(LOOKBACK - 1, len(y) - HORIZON)) for y in parts]
    by_hand = Ridge(0.3).fit(
        np.concatenate([s[0] for s in stacks]), np.concatenate([s[1] for s in stacks])
    )
    standard = by_hand.predict([y[-LOOKBACK:] for y in parts])
    expected = [m + s * row for row, (m, s) in zip(standard, measures, strict=True)]
    assert_allclose(model.predict(HORIZON).reshape(3, HORIZON), expected, rtol=1e-9)


def test_intervals_are_quantiles_of_held_out_errors():
    _, y = table()
    y = y[:ROWS]
    moments = len(WHOLE)
    later = WHOLE[int(np.ceil(moments * 0.75)) :]
    earlier = WHOLE[later[0] >= WHOLE + HORIZON]  # no target reaches into the held-out part
    # What the first fit has not seen does not act on its units either.
    mean, scale = units(y[: earlier[-1] + HORIZON + 1])
    z = (y - mean) / scale
    by_hand = Ridge(0.3).fit(*pairs(z[:, None], z, earlier))
    inputs, targets = pairs(z[:, None], z, later)
    errors = scale * (targets - by_hand.predict(inputs))
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON, validation_fraction=0.25).fit(y)
    expected = model.predict(HORIZON)[:, None] + np.quantile(errors, [0.1, 0.5, 0.9], axis=0).T
    assert_allclose(model.predict_quantiles(HORIZON, [0.1, 0.5, 0.9]), expected, rtol=1e-9)


def test_each_series_of_a_panel_has_intervals_in_its_unit():
    _, y = three_series()
    model = WindowForecaster(Ridge(0.3), LOOKBACK, HORIZON).fit(y)
    widths = np.diff(model.predict_interval(HORIZON)).reshape(3, HORIZON)
    changes = y.groupby(level=0).diff() ** 2
    sizes = np.sqrt(changes.groupby(level=0).mean()).to_numpy()
    assert_allclose(widths / sizes[:, None], widths[:1].repeat(3, 0) / sizes[0])


def test_a_series_that_has_gone_far_has_no_wider_intervals_for_it():
    """Of a deviation from the mean, a trend makes much; of the changes, and of errors, little."""
    noise = np.cumsum(np.random.default_rng(0).normal(size=(2, 300)), axis=1)
    noise[1] += 5 * np.arange(300)
    moments = pd.date_range("2024", periods=300, freq="D")
    y = pd.concat({name: pd.Series(one, moments) for name, one in zip("ab", noise, strict=True)})
    model = WindowForecaster(lookback=5, horizon=2, log=False).fit(y)
    calm, trending = np.diff(model.predict_interval(2)).reshape(2, 2)
    assert (trending < 8 * calm).all()  # by deviations, fifty times


@pytest.mark.parametrize("regressor", [Ridge(), SVR()], ids=["ridge", "svr"])
@pytest.mark.parametrize("constant", [7e-6, 0.0, 0.1, 1e15])
def test_a_constant_stays_constant_beside_another_series(regressor, constant):
    y = table()[1]
    index = pd.MultiIndex.from_product([["moving", "constant"], range(len(y))])
    both = pd.Series(np.concatenate([y, np.full(len(y), constant)]), index)
    model = WindowForecaster(regressor, LOOKBACK, HORIZON).fit(both)
    answer = model.forecast(2 * HORIZON, coverage=0.9)
    assert_array_equal(answer.loc["constant"], constant)
    # It says nothing of how large the errors of the other are.
    alone = WindowForecaster(regressor, LOOKBACK, HORIZON).fit(y).predict_interval(HORIZON)
    width = np.diff(answer.loc["moving"][["lower", "upper"]].to_numpy())[:HORIZON]
    assert (width > 0.5 * np.diff(alone)).all()


def autoregression(phi, lag=1, n=20_000):
    """Return y[t] = phi y[t - lag] + e[t] with standard normal e."""
    errors = np.random.default_rng(1).normal(size=n)
    return lfilter([1.0], [1.0, *np.zeros(lag - 1), -phi], errors)


@pytest.mark.parametrize("horizon", [1, 6])
@pytest.mark.parametrize(("phi", "lag"), [(0.5, 1), (0.9, 1), (1.0, 1), (1.0, 4)])
def test_intervals_beyond_the_horizon_are_those_of_theory(phi, lag, horizon):
    y = autoregression(phi, lag)
    steps = np.arange(36)
    # The variance of step h is the sum of phi^(2k) over the errors k that it holds.
    variance = np.cumsum(phi ** (2 * steps))[steps // lag]
    model = WindowForecaster(LinearRegression(), lookback=2 * lag, horizon=horizon).fit(y)
    for coverage in (0.5, 0.9):
        widths = np.diff(model.predict_interval(36, coverage)).ravel()
        true = 2 * norm.ppf((1 + coverage) / 2) * np.sqrt(variance)
        assert_allclose(widths, true, rtol=0.25)
        assert_allclose(np.mean(widths / true), 1, atol=0.07)


class Follower(RegressorMixin, BaseEstimator):
    """Forecast the last value for all steps."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X[:, -1]


def test_the_noise_that_a_regressor_follows_is_not_added_again_and_again():
    noise = autoregression(0.0, 1)
    model = WindowForecaster(Follower(), lookback=1, horizon=4).fit(noise)
    widths = np.diff(model.predict_interval(40, 0.8)).ravel()
    scale = 2 * norm.ppf(0.9) * noise.std()
    # The error of following holds the noise of the last value too; what comes later does not.
    assert_allclose(widths[:4], np.sqrt(2) * scale, rtol=0.1)
    assert_allclose(widths[4:].mean(), scale, rtol=0.1)
    walk = WindowForecaster(Follower(), lookback=1, horizon=4).fit(noise.cumsum())
    widths = np.diff(walk.predict_interval(40, 0.8)).ravel()
    assert_allclose(widths, scale * np.sqrt(1 + np.arange(40)), rtol=0.15)


def test_skewed_errors_become_less_skewed_when_they_add_up():
    errors = np.random.default_rng(0).exponential(size=20_000) - 1
    model = WindowForecaster(LinearRegression(), lookback=1).fit(np.cumsum(errors))
    quantiles = model.predict_quantiles(4, [0.05, 0.95]) - model.predict(4)[:, None]
    # A sum of n such errors is Gamma(n) - n.
    for n in (1, 4):
        expected = gamma.ppf([0.05, 0.95], n) - n
        assert_allclose(quantiles[n - 1], expected, atol=0.15 * np.sqrt(n))


def test_point_forecasts_are_the_same_with_and_without_quantiles():
    X, y = table()
    model = WindowForecaster(Ridge(), LOOKBACK, 2).fit(X[:ROWS], y[:ROWS])
    answer = model.forecast(X[ROWS:], coverage=0.8)
    assert_array_equal(answer["forecast"], model.predict(X[ROWS:]))
    assert (answer["lower"] <= answer["forecast"]).all()
    assert (answer["forecast"] <= answer["upper"]).all()


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
    scaler = StandardScaler().fit(frame)
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
        ({"regressor": "ridge"}, "regressor must be a scikit-learn regressor, .*; got 'ridge'"),
        (
            {"regressor": StandardScaler()},
            r"regressor must be a scikit-learn regressor, .*; got StandardScaler\(\)",
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


# The smallest settings; the first argument of those that wrap others.
SETTINGS = {
    "AdaBoostRegressor": {"n_estimators": 2},
    "BaggingRegressor": {"n_estimators": 2},
    "CCA": {"n_components": 1},
    "ElasticNetCV": {"alphas": [0.1], "l1_ratio": 0.5, "cv": 2},
    "ExtraTreesRegressor": {"n_estimators": 2},
    "GaussianProcessRegressor": {"optimizer": None},
    "GradientBoostingRegressor": {"n_estimators": 2},
    "HistGradientBoostingRegressor": {"max_iter": 2, "max_leaf_nodes": 3},
    "LassoCV": {"alphas": [0.1], "cv": 2},
    "LinearSVR": {"max_iter": 100_000},
    "MLPRegressor": {"hidden_layer_sizes": (3,), "solver": "lbfgs"},
    "MultiOutputRegressor": {"estimator": Ridge()},
    "MultiTaskElasticNetCV": {"alphas": [0.1], "cv": 2},
    "MultiTaskLassoCV": {"alphas": [0.1], "cv": 2},
    "PLSCanonical": {"n_components": 1},
    "RandomForestRegressor": {"n_estimators": 2},
    "RegressorChain": {"estimator": Ridge()},
    "StackingRegressor": {"estimators": [("ridge", Ridge())], "cv": 2},
    "TheilSenRegressor": {"max_subpopulation": 50, "max_iter": 50},
    "VotingRegressor": {"estimators": [("ridge", Ridge())]},
}
UNFIT = {
    "IsotonicRegression": "takes one feature only",
    "PassiveAggressiveRegressor": "is deprecated in scikit-learn, and warns",
}
REGRESSORS = {name: cls for name, cls in all_estimators("regressor") if name not in UNFIT}


@pytest.mark.parametrize("horizon", [1, 3])
@pytest.mark.parametrize("name", REGRESSORS)
def test_every_regressor_of_scikit_learn_forecasts(name, horizon):
    regressor = REGRESSORS[name](**SETTINGS.get(name, {}))
    if "random_state" in regressor.get_params():
        regressor.set_params(random_state=0)
    noise = np.random.default_rng(0).normal(0, 0.1, 40)
    y = 50 + wave(40) + noise
    model = WindowForecaster(regressor, lookback=4, horizon=horizon, validation_fraction=0.0)
    answer = model.fit(y).predict(horizon)
    assert answer.shape == (horizon,)
    # In the right unit: the least that is learned of a wave is its mean.
    assert_allclose(answer, 50 + wave(40 + horizon)[40:], atol=2.5)


def wave(n):
    return 2 * np.sin(np.arange(n) * 2 * np.pi / 4)


LOG = {"func": np.log, "inverse_func": np.exp}


@pytest.mark.parametrize(
    "regressor",
    [
        PoissonRegressor(alpha=0.01),
        HistGradientBoostingRegressor(loss="poisson", max_iter=2),
        TransformedTargetRegressor(Ridge(), **LOG),
        TransformedTargetRegressor(SVR(), **LOG),
        make_pipeline(StandardScaler(), TransformedTargetRegressor(SVR(), **LOG)),
        MultiOutputRegressor(TransformedTargetRegressor(SVR(), **LOG)),
    ],
    ids=["Poisson", "boosting", "log", "log of one", "log in a pipeline", "log in a wrapper"],
)
def test_regressors_of_positive_targets_get_these_as_they_are(regressor):
    y = 3 + wave(40)
    answer = WindowForecaster(regressor, lookback=4, horizon=3).fit(y).predict(3)
    assert_allclose(answer, 3 + wave(43)[40:], atol=2.5)


def test_a_class_is_no_regressor():
    X, y = table()
    with pytest.raises(TypeError, match=r"regressor must be .*, such as Ridge\(\); got <class"):
        WindowForecaster(Ridge).fit(X, y)
