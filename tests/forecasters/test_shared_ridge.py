import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import ElasticNet, Ridge, RidgeCV

from forecast import WindowForecaster
from forecast.forecasters import windowed
from forecast.forecasters.shared_ridge import fit_ridges, is_plain_ridge

RNG = np.random.default_rng(0)
SHARED = RNG.normal(3, 2, (80, 12))


def parts(n_targets, n_own=3):
    """Return columns and targets of four regressions; the columns resemble the shared ones."""
    for step in range(4):
        own = 0.9 * SHARED[:, step : step + n_own] + 0.1 * RNG.normal(size=(80, n_own)) + 50
        yield own, RNG.normal(7, 1, (80, n_targets)) + own.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("ridge", [Ridge(), Ridge(1e-3), Ridge(100.0, fit_intercept=False)])
def test_they_are_those_that_scikit_learn_fits_one_by_one(ridge, n_targets):
    given = list(parts(n_targets))
    fitted = fit_ridges(ridge, SHARED, given)
    for found, (own, targets) in zip(fitted, given, strict=True):
        X = np.hstack([SHARED, own])
        expected = Ridge(**ridge.get_params()).fit(X, targets[:, 0] if n_targets == 1 else targets)
        assert_allclose(found.coef_, expected.coef_, rtol=1e-7, atol=1e-10)
        assert_allclose(found.intercept_, expected.intercept_, rtol=1e-7, atol=1e-9)
        assert_allclose(found.predict(X), expected.predict(X), rtol=1e-9)
        assert found.predict(X).shape == expected.predict(X).shape
        assert vars(found).keys() == vars(expected).keys()


@pytest.mark.parametrize(
    "other",
    [
        RidgeCV(),
        ElasticNet(),
        Ridge(0.0),
        Ridge([1.0, 2.0]),
        Ridge(solver="svd"),
        Ridge(positive=True),
    ],
)
def test_what_solves_another_problem_is_left_to_itself(other):
    assert not is_plain_ridge(other, SHARED)
    assert is_plain_ridge(Ridge(), SHARED)
    assert not is_plain_ridge(Ridge(), SHARED[:11])  # more columns than rows
    assert not is_plain_ridge(Ridge(), SHARED[:, :, None])


def test_forecasts_are_those_of_one_regression_for_each_step(monkeypatch):
    known = RNG.normal(size=(60, 2))
    y = np.cumsum(RNG.normal(size=60)) + 3 * known[:, 0]
    model = WindowForecaster(lookback=5, horizon=4)
    shared = model.fit(known[:50], y[:50]).forecast(known[50:54], 0.8)
    assert len(model.regressors_) == 4
    monkeypatch.setattr(windowed, "is_plain_ridge", lambda *_: False)
    apart = model.fit(known[:50], y[:50]).forecast(known[50:54], 0.8)
    assert_allclose(shared, apart, rtol=1e-9)
