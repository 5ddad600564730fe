import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import (
    ARIMAForecaster,
    ConformalForecaster,
    NaiveForecaster,
    PerSeriesForecaster,
    WindowForecaster,
    load,
    save,
)
from forecast.exceptions import InputError, InputTypeError

RNG = np.random.default_rng(0)
Y = pd.concat(
    {name: pd.Series(20 + np.cumsum(RNG.normal(size=60))) for name in ("a", "b", "c")},
    names=["series", "timestamp"],
)
MODELS = {
    "ridge": WindowForecaster(lookback=6, horizon=3),
    "arima": ARIMAForecaster((1, 0, 0)),
    "naive": NaiveForecaster(),
}
CHOICES = {"b": "naive", "c": "arima"}


@pytest.fixture(scope="module")
def model():
    return PerSeriesForecaster(MODELS, CHOICES).fit(Y)


def test_each_series_is_answered_by_its_choice_which_has_learned_from_all(model):
    quantiles = model.predict_quantiles(3, [0.1, 0.5, 0.9])
    rows = model.forecast(3).index.get_level_values(0)
    for series, name in {"a": "ridge", **CHOICES}.items():
        expected = MODELS[name].fit(Y).predict_quantiles(3, [0.1, 0.5, 0.9])
        assert_allclose(quantiles[rows == series], expected[rows == series])


def test_forecasters_that_nothing_was_chosen_of_do_not_learn():
    model = PerSeriesForecaster(MODELS, dict.fromkeys("abc", "naive")).fit(Y)
    assert [repr(member) for member in model.members_] == ["NaiveForecaster()"]


def test_updates_and_files_keep_the_choices(model, tmp_path):
    later = pd.concat(
        {name: pd.Series([20.0, 21.0], index=[60, 61]) for name in "abc"},
        names=["series", "timestamp"],
    )
    copy = load(save(model, tmp_path / "m"))
    assert_allclose(copy.predict(3), model.predict(3))
    copy.update(None, later)
    assert_allclose(copy.predict(3)[3:6], 21.0)
    arima = MODELS["arima"].fit(Y).update(None, later)
    assert_allclose(copy.predict(3)[6:], arima.predict(3)[6:])


def test_calibrated_members_keep_their_intervals():
    inner = {
        name: ConformalForecaster(each, 3, refit=True, fewest_errors=19)
        for name, each in MODELS.items()
    }
    model = PerSeriesForecaster(inner, CHOICES).fit(Y)
    alone = inner["naive"].fit(Y)
    assert_allclose(model.predict_interval(3, 0.9)[3:6], alone.predict_interval(3, 0.9)[3:6])


@pytest.mark.parametrize(
    ("models", "choices", "error", "words"),
    [
        (MODELS, {"d": "naive"}, InputError, "the series 'd', which the table has not"),
        (MODELS, {"a": "naiv"}, InputError, "gives 'naiv' to 'a'.*did you mean 'naive'"),
        ({}, None, InputError, "empty"),
        ([NaiveForecaster()], None, InputTypeError, "must be a dict"),
        ({"x": 1}, None, InputTypeError, r"forecasters\['x'\] must be a forecaster"),
    ],
)
def test_wrong_choices_are_refused(models, choices, error, words):
    with pytest.raises(error, match=words):
        PerSeriesForecaster(models, choices).fit(Y)
