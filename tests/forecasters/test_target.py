"""A transformed target: what is learned is a function of y, what is answered is y."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.preprocessing import FunctionTransformer, PowerTransformer, QuantileTransformer

from forecast import (
    ARIMAForecaster,
    ConformalForecaster,
    EnsembleForecaster,
    ETSForecaster,
    NaiveForecaster,
    RollingOrigin,
    ThetaForecaster,
    TransformedTargetForecaster,
    WindowForecaster,
    backtest,
)

LEVELS = [0.05, 0.5, 0.9]


def series(n=120, seed=0):
    """Return a series above 0 whose fluctuations grow with its level."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    steps = rng.normal(0.02, 0.1, n)
    return pd.Series(np.exp(np.cumsum(steps) + 0.3 * np.sin(2 * np.pi * t / 12)), name="sales")


INNER = {
    "drift": NaiveForecaster(drift=True),
    "arima": ARIMAForecaster((1, 1, 0), (1, 0, 0, 12), method="css"),
    "ets": ETSForecaster(12, "AAA"),
    "window": WindowForecaster(lookback=12, horizon=3),
    "conformal": ConformalForecaster(NaiveForecaster(), 6, "adaptive"),
}


@pytest.mark.parametrize("name", INNER)
def test_everything_is_that_of_the_logarithm_transformed_back(name):
    y = series()
    log = np.log(y)
    model = TransformedTargetForecaster(INNER[name], "log").fit(y[:100])
    inner = INNER[name].fit(log[:100])
    assert_allclose(model.predict(5), np.exp(inner.predict(5)))
    assert_allclose(model.predict_quantiles(5, LEVELS), np.exp(inner.predict_quantiles(5, LEVELS)))
    asked = ([60, 105], 5, LEVELS)
    assert_allclose(model.hindcast(None, y, *asked), np.exp(inner.hindcast(None, log, *asked)))
    model.update(y[100:106])
    inner.update(log[100:106])
    assert_allclose(model.predict_interval(5), np.exp(inner.predict_interval(5)))
    if name != "window":
        paths = [each.simulate(5, 9, random_state=0) for each in (model, inner)]
        assert_allclose(paths[0], np.exp(paths[1]))


def test_the_point_forecast_is_the_median():
    model = TransformedTargetForecaster(ThetaForecaster(12), "box-cox").fit(series())
    assert_allclose(model.predict(6), model.predict_quantiles(6, [0.5])[:, 0])
    # The mean of a logarithm that is normal is larger, by the half of its variance.
    walk = TransformedTargetForecaster(NaiveForecaster(), "log").fit(series())
    mean = walk.simulate(1, 200_000, random_state=0).mean()
    sigma = np.diff(np.log(series())).std()
    assert_allclose(mean, walk.predict(1) * np.exp(sigma**2 / 2), rtol=5e-3)


def test_each_series_and_target_has_a_transformation_of_its_own():
    y = series()
    both = pd.DataFrame({"one": y, "two": 1e6 * np.sqrt(y)})
    table = pd.concat({"a": both, "b": both[::-1].reset_index(drop=True)}, names=["series", "t"])
    model = TransformedTargetForecaster(NaiveForecaster(drift=True), "box-cox").fit(table)
    answer = model.predict_quantiles(4, LEVELS).reshape(2, 4, 2, 3)
    for s, name in enumerate("ab"):
        for k, target in enumerate(("one", "two")):
            alone = TransformedTargetForecaster(NaiveForecaster(drift=True), "box-cox")
            expected = alone.fit(table.loc[name, target]).predict_quantiles(4, LEVELS)
            assert_allclose(answer[s, :, k], expected)


def test_nothing_but_the_training_part_teaches_the_transformation():
    y = series()
    model = TransformedTargetForecaster(NaiveForecaster(), PowerTransformer()).fit(y[:80])
    fitted = model.transformations_[0][0].transformer
    assert_allclose(fitted.lambdas_, PowerTransformer().fit(y[:80].to_frame()).lambdas_)
    before = model.predict_interval(1)
    answer = model.hindcast(None, y, [79, 110], 1, [0.05, 0.95])
    assert_allclose(answer[0, :, 1:], before)
    model.update(y[80:])
    assert model.transformations_[0][0].transformer is fitted


def test_bounds_hold_for_points_quantiles_paths_and_the_past():
    y = pd.Series([9.0, 6.0, 8.0, 5.0, 5.0, 3.0, 4.0, 1.0])
    free = NaiveForecaster(drift=True).fit(y)
    model = TransformedTargetForecaster(NaiveForecaster(drift=True), None, 0, 10).fit(y)
    assert (free.predict(4) < 0).any()
    assert_array_equal(model.predict(4), free.predict(4).clip(0, 10))
    assert_array_equal(model.predict_interval(4), free.predict_interval(4).clip(0, 10))
    paths = [each.simulate(4, 50, random_state=1) for each in (model, free)]
    assert_array_equal(paths[0], paths[1].clip(0, 10))
    asked = (None, y, [3, 7], 4, LEVELS)
    assert_array_equal(model.hindcast(*asked), free.hindcast(*asked).clip(0, 10))
    # Quantiles of what is cut off are the quantiles, cut off.
    many = model.simulate(1, 50_000, random_state=2)[:, 0]
    assert_allclose(np.quantile(many, LEVELS), model.predict_quantiles(1, LEVELS)[0], atol=0.1)


def test_one_bound_leaves_the_other_side_free():
    y = pd.Series([5.0, 5.5, 4.5, 5.0])
    model = TransformedTargetForecaster(NaiveForecaster(), None, upper=5.6).fit(y)
    lower, upper = model.predict_interval(1)[0]
    assert lower < 4.5
    assert upper == 5.6


def test_missing_values_pass_where_the_inner_forecaster_takes_them():
    y = series()
    y[[10, 50, 105]] = np.nan
    inner = ARIMAForecaster((1, 1, 0))
    model = TransformedTargetForecaster(inner, "log").fit(y[:100])
    alone = inner.fit(np.log(y[:100]))
    # The optimiser stops within this of the best parameters.
    assert_allclose(model.predict(3), np.exp(alone.predict(3)), rtol=1e-5)
    expected = np.exp(alone.update(np.log(y[100:110])).predict(3))
    assert_allclose(model.update(y[100:110]).predict(3), expected, rtol=1e-5)


def test_it_is_a_member_and_has_members():
    y = series()
    log = TransformedTargetForecaster(NaiveForecaster(12), "log")
    both = EnsembleForecaster([log, ThetaForecaster(12)]).fit(y[:100]).update(y[100:])
    parts = [log.fit(y), ThetaForecaster(12).fit(y[:100]).update(y[100:])]
    assert_allclose(both.predict(3), np.mean([each.predict(3) for each in parts], axis=0))
    outside = ConformalForecaster(log, 3).fit(y)
    assert_allclose(outside.predict(3), log.fit(y).predict(3))


def test_a_backtest_scores_it_in_the_unit_of_y():
    y = series()
    cv = RollingOrigin(horizon=3, origins=5)
    inner = NaiveForecaster(12)
    of_y = backtest(TransformedTargetForecaster(inner, "log"), y, cv=cv, quantiles=[0.1, 0.9])
    of_log = backtest(inner, np.log(y), cv=cv, quantiles=[0.1, 0.9])
    for column in ("actual", "forecast", "q0.1", "q0.9"):
        assert_allclose(of_y.forecasts[column], np.exp(of_log.forecasts[column]))


def test_a_backtest_of_scikit_learns_own_names_it_and_it_answers_alike():
    y = series()
    cv = RollingOrigin(horizon=3, origins=5)
    theirs = TransformedTargetRegressor(NaiveForecaster(12), func=np.log, inverse_func=np.exp)
    with pytest.raises(ValueError, match=r"refit='always'.* such as TransformedTargetForecaster"):
        backtest(theirs, y, cv=cv)
    ours = TransformedTargetForecaster(NaiveForecaster(12), "log")
    found = backtest(ours, y, cv=cv).forecasts["forecast"]
    expected = backtest(theirs, y, cv=cv, refit="always").forecasts["forecast"]
    assert_allclose(found, expected)


# Refusals


@pytest.mark.parametrize(
    ("transform", "value", "lowest"), [("log", 0.0, 0), ("box-cox", -3.0, 0), ("log1p", -1.0, -1)]
)
def test_values_that_have_no_logarithm_are_refused_and_the_remedy_heals(transform, value, lowest):
    y = series()
    y[70] = value
    sentence = (
        rf"y is {value:g} at 70; the transformer '{transform}' needs values above {lowest}\. "
        "Take transformer='yeo-johnson'"
    )
    with pytest.raises(ValueError, match=sentence):
        TransformedTargetForecaster(NaiveForecaster(), transform).fit(y)
    # The last value comes back, whatever the transformation.
    healed = TransformedTargetForecaster(NaiveForecaster(), "yeo-johnson").fit(y)
    assert_allclose(healed.predict(1), y.iloc[-1:])


def test_later_values_are_refused_as_well_and_nothing_has_moved():
    y = series()
    model = TransformedTargetForecaster(NaiveForecaster(), "log").fit(y[:60])
    y[70] = -1.0
    with pytest.raises(ValueError, match="y is -1 at 70; the transformer 'log'"):
        model.update(y[60:80])
    assert_allclose(model.update(y[60:70]).predict(1), y[69])
    with pytest.raises(ValueError, match="y is -1 at 70; the transformer 'log'"):
        model.hindcast(None, y, [75], 2)
    # Behind the last origin nothing is read.
    assert_allclose(model.hindcast(None, y, [69], 2)[0], y[69])


def test_a_value_of_a_panel_is_named_with_its_series_and_target():
    one = pd.DataFrame({"north": series(30), "south": series(30)})
    other = one.copy()
    other.loc[4, "south"] = 0
    table = pd.concat({"a": one, "b": other}, names=["series", "t"])
    with pytest.raises(ValueError, match=r"y\['south'\] is 0 at 4 of series 'b'; the transformer"):
        TransformedTargetForecaster().fit(table)


def test_values_beyond_a_bound_are_refused_and_the_remedies_heal():
    y = pd.Series([3.0, -0.5, 12.0, 2.0])
    with pytest.raises(ValueError, match=r"y is -0.5 at 1, below the lower bound of 0\. .*y\.clip"):
        TransformedTargetForecaster(NaiveForecaster(), None, lower=0).fit(y)
    with pytest.raises(ValueError, match=r"y is 12 at 2, above the upper bound of 10\. .*y\.clip"):
        TransformedTargetForecaster(NaiveForecaster(), None, upper=10).fit(y)
    bounded = TransformedTargetForecaster(NaiveForecaster(), None, 0, 10)
    assert_allclose(bounded.fit(y.clip(lower=0, upper=10)).predict(1), 2)
    assert_allclose(bounded.set_params(lower=-1, upper=12).fit(y).predict(1), 2)


def test_values_that_a_transformer_does_not_give_back_are_refused():
    y = series()
    model = TransformedTargetForecaster(NaiveForecaster(), QuantileTransformer()).fit(y[:60])
    later = pd.Series([y[:60].max() * 2], [60])
    with pytest.raises(ValueError, match="at 60, which the transformer does not give back"):
        model.update(later)
    absolute = FunctionTransformer(lambda y: y + 1, lambda z: z)
    with pytest.raises(ValueError, match="at 0, which the transformer does not give back"):
        TransformedTargetForecaster(NaiveForecaster(), absolute).fit(y)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"transformer": "lgo"}, ValueError, "no transformer 'lgo'; did you mean 'log'"),
        ({"transformer": 3}, TypeError, "or one with inverse_transform; got 3"),
        ({"lower": "a"}, ValueError, "lower of Transformed.* must be None or a finite number"),
        ({"upper": np.inf}, ValueError, "upper of Transformed.* must be None or a finite number"),
        ({"lower": 2, "upper": 2}, ValueError, "lower=2 must be below upper=2"),
        ({"forecaster": 3}, TypeError, "forecaster must be a forecaster, such as"),
    ],
)
def test_wrong_arguments_are_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        TransformedTargetForecaster(**arguments).fit(series())
