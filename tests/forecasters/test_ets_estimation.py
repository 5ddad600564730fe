"""How exponential smoothing is learned: no worse than by statsmodels, and in the right form."""

import naive
import numpy as np
import pytest
from fixtures.sales import sales
from numpy.testing import assert_allclose
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecast.forecasters.ets_estimation import estimate


@pytest.mark.parametrize(
    ("form", "error", "season"), [("AAA", "add", "add"), ("MAM", "mul", "mul")]
)
def test_the_likelihood_is_no_worse_than_with_states_that_statsmodels_estimates(
    form, error, season
):
    y = sales() / 20
    aicc = estimate(y, 4, form).aicc
    there = ETSModel(y, error, trend="add", seasonal=season, seasonal_periods=4)
    with np.errstate(all="ignore"):
        other = there.fit(disp=0)
    k = 3 + 2 + 4 + 1
    likelihood = (2 * k * len(y) / (len(y) - k - 1) - aicc) / 2
    assert likelihood > other.llf - 0.1


@pytest.mark.parametrize("form", ["AAdA", "MAM"])
def test_the_variance_is_that_of_the_one_step_errors(form):
    y = sales() / 20
    process = estimate(y, 4, form).process
    fitted, _ = naive.smooth(y, form, process.initial_state, *process.weights)
    errors = y / fitted - 1 if form[0] == "M" else y - fitted
    assert_allclose(process.variance, np.mean(errors**2), rtol=1e-9)


def test_the_form_follows_the_series():
    rng = np.random.default_rng(1)
    walk = np.cumsum(rng.normal(size=200))
    assert "".join(estimate(walk, 1, None).process.form) == "ANN"
    assert estimate(sales(120) / 20, 4, None).process.form.season == "M"
    season = np.tile([3.0, -2.0, 1.0, -2.0], 40) + rng.normal(0, 0.3, 160)
    assert "".join(estimate(season, 4, None).process.form) == "ANA"


def test_a_series_of_less_than_three_seasons_gets_none():
    assert estimate(sales(60) / 20, 24, None).process.form.season == "N"


@pytest.mark.parametrize(
    ("form", "season_length", "sentence"),
    [
        ("MAM", 4, r"form='MAM' needs positive values; y holds some that are not. Use an additive"),
        ("ANA", 1, r"form='ANA' has a season: give a season_length of at least 2"),
        ("ANA", 7, r"form='ANA' needs two seasons; there are 10 rows with season_length=7"),
    ],
)
def test_forms_that_a_series_does_not_admit_are_refused(form, season_length, sentence):
    with pytest.raises(ValueError, match=sentence):
        estimate(sales(10) - 60, season_length, form)
