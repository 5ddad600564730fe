"""The forecaster of exponential smoothing; see test_ets_process and test_ets_estimation."""

import naive
import numpy as np
import pandas as pd
import pytest
from fixtures.sales import sales
from numpy.testing import assert_allclose, assert_array_equal

from forecast import ETSForecaster


def test_processes_find_what_one_finds():
    index = pd.MultiIndex.from_product([["a", "b"], range(40)])
    y = pd.Series(np.concatenate([sales(40), 3 + sales(40, seed=1)]), index)
    one = ETSForecaster(4, "AAA").fit(y)
    two = ETSForecaster(4, "AAA", n_jobs=2).fit(y)
    assert_array_equal(one.weights_, two.weights_)
    pd.testing.assert_frame_equal(one.summary(), two.summary())


def test_what_is_learned_has_an_entry_for_each_series_and_target():
    index = pd.MultiIndex.from_product([["a", "b", "c"], range(30)])
    y = np.column_stack([np.concatenate([sales(30, seed=s + k) for s in range(3)]) for k in (0, 5)])
    model = ETSForecaster(1, "AAN").fit(pd.DataFrame(y, index, ["north", "south"]))
    assert model.weights_.shape == (3, 2, 4)
    assert model.sigma_.shape == model.aicc_.shape == (3, 2)
    alone = ETSForecaster(1, "AAN").fit(y[60:, 1])
    assert_allclose(model.weights_[2, 1], alone.weights_[0, 0], rtol=1e-9)
    table = model.summary()
    assert list(table["series"]) == ["a", "a", "b", "b", "c", "c"]
    assert list(table["target"]) == ["north", "south"] * 3
    assert_allclose(table["alpha"], model.weights_[..., 0].ravel())


def test_summary_speaks_in_the_unit_of_y():
    y = sales()
    small = ETSForecaster(4, "AAA").fit(y).summary()
    large = ETSForecaster(4, "AAA").fit(1000 * y).summary()
    assert_allclose(large["sigma"], 1000 * small["sigma"], rtol=1e-6)
    assert list(small["form"]) == ["AAA"]
    assert np.isnan(small["phi"]).all()


def test_a_table_that_begins_elsewhere_comes_to_the_same_states():
    y = sales(400)
    model = ETSForecaster(4, "AAdA").fit(y[:300])
    whole = model.hindcast(None, pd.Series(y), [390, 395], 4)
    later = model.hindcast(None, pd.Series(y[100:], index=range(100, 400)), [290, 295], 4)
    assert_allclose(later, whole, rtol=0.02)


@pytest.mark.parametrize("form", ["MNN", "MAdA", "MAM"])
def test_later_values_may_be_zero(form):
    y = sales(40)
    model = ETSForecaster(4, form).fit(y)
    later = np.array([0.0, y[37], 0.0, y[39]])
    scaled = np.append(y, later) / model.scale_[0, 0]
    first, weights = model.first_state_[0][0], model.weights_[0, 0]
    fitted, _ = naive.smooth([*scaled, 1.0], form, first, *weights)
    assert_allclose(
        model.hindcast(None, np.append(y, later), [43], 1), [[fitted[-1]]] * model.scale_
    )
    model.update(later)
    assert_allclose(model.predict(1), fitted[-1:] * model.scale_[0])
    assert np.isfinite(model.predict_interval(6)).all()


def test_a_level_that_falls_to_zero_under_a_multiplicative_season_is_refused():
    y = sales(40)
    model = ETSForecaster(4, "MAM").fit(y)
    sentence = (
        r"y is -1e\+09 at 41, and the level falls to 0: MAM needs positive values\. Fit with an"
    )
    with pytest.raises(ValueError, match=sentence):
        model.update([50.0, -1e9])
    # What comes after the origin does not matter.
    later = np.append(y, [50.0, -1e9])
    assert np.isfinite(model.hindcast(None, later, [40], 2)).all()
    # The remedy heals.
    ETSForecaster(4, "AAdA").fit(y).update([50.0, -1e9])


def test_a_table_that_begins_with_zeros_has_no_multiplicative_season():
    model = ETSForecaster(4, "MAM").fit(sales(40))
    zeros = pd.Series(np.zeros(20), index=range(1, 21))
    with pytest.raises(ValueError, match="y is 0 at 1, and the level falls to 0"):
        model.hindcast(None, zeros, [15], 2)


def test_aicc_is_that_of_y_in_its_own_unit():
    y = sales(40)
    model = ETSForecaster(4, "AAA").fit(y)
    in_thousands = ETSForecaster(4, "AAA").fit(y / 1000)
    assert_allclose(in_thousands.aicc_, model.aicc_ - 2 * 40 * np.log(1000), rtol=1e-6)
    errors = (
        y
        - naive.smooth(y, "AAA", model.first_state_[0][0] * model.scale_[0], *model.weights_[0, 0])[
            0
        ]
    )
    deviance = 40 * (np.log(2 * np.pi * np.mean(errors**2)) + 1)
    k = 3 + 6 + 1
    assert_allclose(model.aicc_, deviance + 2 * k + 2 * k * (k + 1) / (40 - k - 1), rtol=1e-6)


def test_small_changes_of_a_large_level_are_not_taken_for_shares_of_it():
    """The interval is that of the same steps about zero, of which no form can be multiplicative."""
    steps = np.random.default_rng(0).integers(-32, 32, 60) * 2.0**-12
    narrow = ETSForecaster(1).fit(steps)
    found = ETSForecaster(1).fit(2.0**20 + steps)
    assert "M" not in found.forms_[0][0]
    expected = np.diff(narrow.predict_interval(2, coverage=0.9))
    assert_allclose(np.diff(found.predict_interval(2, coverage=0.9)), expected, rtol=0.05)


def test_a_form_with_a_season_needs_two_seasons():
    sentence = r"the series has 10 rows; form='ANA' and season_length=7 needs at least 14"
    with pytest.raises(ValueError, match=sentence):
        ETSForecaster(7, "ANA").fit(sales(10))
    days = pd.Series(sales(10), pd.date_range("2024", periods=10, freq="D"))
    sentence = r"form='ANA' needs two seasons; there are 10 rows with season_length=7"
    with pytest.raises(ValueError, match=sentence):
        ETSForecaster(form="ANA").fit(days)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"form": "AXA"}, "form of"), ({"n_jobs": 0}, "n_jobs"), ({"season_length": 0}, "season")],
)
def test_wrong_arguments_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        ETSForecaster(**wrong).fit(sales())
