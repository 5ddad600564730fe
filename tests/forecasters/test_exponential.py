import naive
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from forecast import ETSForecaster, Naive2Forecaster, ThetaForecaster
from forecast.forecasters.exponential import _FORMS, seasonal_indices


def sales(n=72, m=4, seed=0):
    """Return a growing series whose season and errors grow with it."""
    rng, t = np.random.default_rng(seed), np.arange(n)
    season = np.array([0.8, 1.1, 1.3, 0.8])[t % m]
    return (
        (50 + 0.6 * t + np.cumsum(rng.normal(0, 0.5, n))) * season * np.exp(rng.normal(0, 0.02, n))
    )


@pytest.mark.parametrize("form", _FORMS)
def test_states_and_forecasts_are_those_of_the_recursion(form):
    y = sales()
    model = ETSForecaster(4, form).fit(y)
    scale, weights = model.scale_[0, 0], model.weights_[0, 0]
    fitted, state = naive.smooth(y / scale, form, model.first_state_[0][0], *weights)
    assert_allclose(model.state_[0][0], state, rtol=1e-9)
    errors = y / scale / fitted - 1 if form[0] == "M" else y / scale - fitted
    assert_allclose(model.sigma_[0, 0], np.sqrt(np.mean(errors**2)), rtol=1e-9)
    ahead = []
    for _ in range(6):  # without errors, forecasts are observed as they are
        both = naive.smooth([*y / scale, *ahead, 1.0], form, model.first_state_[0][0], *weights)[0]
        ahead.append(both[-1])
    assert_allclose(model.predict(6) / scale, ahead, rtol=1e-9)


@pytest.mark.parametrize("form", [f for f in _FORMS if f[0] == "A"])
def test_intervals_of_additive_forms_are_those_of_statsmodels(form):
    y = sales()
    model = ETSForecaster(4, form).fit(y)
    weights, first = model.weights_[0, 0], model.first_state_[0][0] * model.scale_[0, 0]
    there = ETSModel(
        pd.Series(y),
        trend="add" if form[1] == "A" else None,
        damped_trend="d" in form,
        seasonal="add" if form[-1] == "A" else None,
        seasonal_periods=4,
        initialization_method="known",
        initial_level=first[0],
        initial_trend=first[1],
        initial_seasonal=first[2:],
    )
    has = np.array([True, form[1] == "A", form[-1] == "A", "d" in form])
    result = there.smooth(weights[has])
    assert_allclose(model.predict(9), result.forecast(9), rtol=1e-9)
    table = result.get_prediction(len(y), len(y) + 8).summary_frame(alpha=0.1)
    interval = model.predict_interval(9, 0.9)
    assert_allclose(
        interval[:, 1] - interval[:, 0],
        (table["pi_upper"] - table["pi_lower"]).to_numpy(),
        rtol=1e-6,
    )


def test_the_likelihood_is_no_worse_than_with_states_that_statsmodels_estimates():
    y = sales()
    for form, options in (
        ("AAA", {"trend": "add", "seasonal": "add"}),
        ("MAM", {"trend": "add", "seasonal": "mul"}),
    ):
        model = ETSForecaster(4, form).fit(y)
        there = ETSModel(
            y / model.scale_[0, 0], {"A": "add", "M": "mul"}[form[0]], seasonal_periods=4, **options
        )
        with np.errstate(all="ignore"):
            other = there.fit(disp=0)
        k = 3 + 2 + 4 + 1
        mine = (2 * k * len(y) / (len(y) - k - 1) - model.aicc_[0, 0]) / 2
        assert mine > other.llf - 0.1


def test_the_form_follows_the_series():
    rng = np.random.default_rng(1)
    walk = np.cumsum(rng.normal(size=200))
    assert ETSForecaster(1).fit(walk).forms_[0][0] == "ANN"
    assert ETSForecaster(4).fit(sales(120)).forms_[0][0].endswith("M")
    season = np.tile([3.0, -2.0, 1.0, -2.0], 40)
    assert ETSForecaster(4).fit(season + rng.normal(0, 0.3, 160)).forms_[0][0] == "ANA"


def test_a_series_of_less_than_three_seasons_gets_none():
    assert ETSForecaster(24).fit(sales(60)).forms_[0][0].endswith("N")


def test_processes_find_what_one_finds():
    index = pd.MultiIndex.from_product([["a", "b"], range(40)])
    y = pd.Series(np.concatenate([sales(40), 3 + sales(40, seed=1)]), index)
    one, two = ETSForecaster(4).fit(y), ETSForecaster(4, n_jobs=2).fit(y)
    assert_array_equal(one.weights_, two.weights_)
    pd.testing.assert_frame_equal(one.summary(), two.summary())


def test_summary_speaks_in_the_unit_of_y():
    y = sales()
    small, large = (ETSForecaster(4, "AAA").fit(c * y).summary() for c in (1.0, 1000.0))
    assert_allclose(large["sigma"], 1000 * small["sigma"], rtol=1e-6)
    assert list(small["form"]) == ["AAA"]
    assert np.isnan(small["phi"]).all()


def test_a_table_that_begins_elsewhere_comes_to_the_same_states():
    y = sales(400)
    model = ETSForecaster(4, "AAdA").fit(y[:300])
    whole = model.hindcast(None, pd.Series(y), [390, 395], 4)
    later = model.hindcast(None, pd.Series(y[100:], index=range(100, 400)), [290, 295], 4)
    assert_allclose(later, whole, rtol=0.02)


def test_values_that_a_form_cannot_take_are_refused():
    y = sales(40)
    with pytest.raises(
        ValueError, match=r"form='MAM' needs positive values; y holds some that are not"
    ):
        ETSForecaster(4, "MAM").fit(y - 60)
    model = ETSForecaster(4, "MAM").fit(y)
    with pytest.raises(
        ValueError, match=r"y is -1 at 41; MAM needs positive values: fit with an additive form"
    ):
        model.update([50.0, -1.0])
    later = np.append(y, [50.0, -1.0])
    assert np.isfinite(model.hindcast(None, later, [40], 2)).all()  # it comes after the origin
    with pytest.raises(
        ValueError, match=r"form='ANA' needs two seasons; there are 10 rows with season_length=7"
    ):
        ETSForecaster(form="ANA").fit(
            pd.Series(y[:10], pd.date_range("2024", periods=10, freq="D"))
        )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"form": "AXA"}, "form of"), ({"n_jobs": 0}, "n_jobs"), ({"season_length": 0}, "season")],
)
def test_wrong_arguments_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        ETSForecaster(**wrong).fit(sales())
    with pytest.raises(
        ValueError, match=r"theta of ThetaForecaster must be a number of at least 1; got 0\.5"
    ):
        ThetaForecaster(theta=0.5).fit(sales())


@pytest.mark.parametrize("theta", [2.0, 3.0])
@pytest.mark.parametrize("m", [1, 4])
def test_theta_is_that_of_statsmodels(theta, m):
    y = sales()
    model = ThetaForecaster(m, theta).fit(y)
    there = ThetaModel(y, period=m, deseasonalize=m > 1).fit()
    there._alpha = model.alpha_[0, 0]  # found by two optimisers: equal to three digits
    assert_allclose(
        there.params["alpha"],
        ThetaModel(y, period=m, deseasonalize=m > 1).fit().params["alpha"],
        atol=5e-3,
    )
    there._one_step = one_step(y, m, there._alpha)
    assert_allclose(model.predict(9), there.forecast(9, theta=theta), rtol=1e-8)


def one_step(y, m, alpha):
    """Return the one-step forecast of simple exponential smoothing of the series without its season."""
    indices, _ = seasonal_indices(y, m)
    z = y / indices[np.arange(len(y)) % m] if m > 1 else y
    return naive.smooth(z, "ANN", [z[0], 0.0], alpha, 0.0, 0.0, 1.0)[1][:1]


def test_naive2_is_the_last_value_without_season_times_the_season():
    y = sales(70)
    indices, multiplies = seasonal_indices(y, 4)
    assert multiplies
    expected = y[-1] / indices[69 % 4] * indices[np.arange(70, 76) % 4]
    assert_allclose(Naive2Forecaster(4).fit(y).predict(6), expected, rtol=1e-9)
    noise = np.random.default_rng(0).normal(size=80)
    assert_allclose(
        Naive2Forecaster(4).fit(noise).predict(3), noise[-1], rtol=1e-9
    )  # no season: nothing to adjust
    assert len(seasonal_indices(y[:11], 4)[0]) == 1  # less than three seasons


@pytest.mark.parametrize("forecaster", [Naive2Forecaster(5), ThetaForecaster(5)])
def test_on_a_trading_calendar_a_season_has_one_clock(forecaster):
    days = pd.bdate_range("2024-01-01", periods=260).delete([4, 60, 61, 130, 200])
    y = pd.Series(20 + np.tile([0.0, 1.0, 2.0, 4.0, 1.0], 51), days) + np.random.default_rng(
        0
    ).normal(0, 0.1, 255)
    model = forecaster.fit(y[:200])
    whole = model.hindcast(None, y, [220], 5)
    assert_allclose(model.update(y[200:221]).predict(5), whole[0], rtol=1e-9)
    with pytest.raises(
        ValueError,
        match=r"the table begins at 2024-05-\d\d .*: on a trading calendar its place in the season",
    ):
        model.hindcast(None, y[100:], [120], 5)


def test_a_season_is_added_where_values_are_not_positive():
    y = np.tile([3.0, -2.0, 1.0, -2.0], 20) + np.random.default_rng(0).normal(0, 0.1, 80)
    indices, multiplies = seasonal_indices(y, 4)
    assert not multiplies
    assert_allclose(indices, [3, -2, 1, -2], atol=0.2)
    assert_allclose(Naive2Forecaster(4).fit(y).predict(4), y[-1] - indices[3] + indices, rtol=1e-9)
