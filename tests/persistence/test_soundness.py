"""A loaded forecaster is handed out only if what it has learned fits together."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cases import CASES, fitted, fitted_panel
from fixtures import make_fixtures

from forecast import AnomalyDetector, NaiveForecaster, SlidingWindow, load
from forecast.exceptions import InputError
from forecast.persistence.soundness import check_sound
from forecast.tables.frequency import Frequency

MANY = 10**6  # numbers in the arrays of a file
NAMES = [name for name in CASES if "LSTM" not in name and "pipeline" not in name]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_learned_is_sound_and_stays_as_it_is(name):
    model = fitted(name)
    before = deepcopy(vars(model))
    check_sound(model, MANY)
    assert vars(model).keys() == before.keys()
    np.testing.assert_array_equal(model.memory_.y, before["memory_"].y)


@pytest.mark.parametrize("name", ["NaiveForecaster-seasonal", "ETSForecaster"])
def test_several_series_are_sound(name):
    check_sound(fitted_panel(name), MANY)


def test_what_is_not_fitted_or_no_forecaster_is_not_asked():
    check_sound(NaiveForecaster(season_length=-1), MANY)
    check_sound(SlidingWindow(3).fit(np.zeros((5, 2))), MANY)


def with_memory(**changes):
    """Return a forecaster whose memory has other parts."""
    model = deepcopy(fitted_panel("NaiveForecaster-seasonal"))
    model.memory_ = replace(model.memory_, **changes)
    return model


TIMES = fitted_panel("NaiveForecaster-seasonal").memory_.times


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"names": ("a", "b")}, "numbers of series"),
        ({"names": ("a", "b", "d")}, "names of series"),
        ({"numbers": np.array([0, 1, 7])}, "numbers of series"),
        ({"bounds": np.array([0, 3, 3, 9])}, "bounds"),
        ({"bounds": np.array([0, 3, 6, 10**12])}, "bounds"),
        ({"bounds": np.array([0.0, 3.0, 6.0, 9.0])}, "bounds"),
        ({"y": np.zeros((9, 2))}, "values"),
        ({"y": np.zeros((9, 1), dtype=int)}, "values"),
        ({"X": np.zeros((8, 0))}, "values"),
        ({"times": TIMES[::-1]}, "moments"),
        ({"times": TIMES - pd.Timedelta(20_000, "D")}, "end of charts"),
        ({"times": pd.RangeIndex(9)}, "moments like"),
        ({"frequency": Frequency("", step=0)}, "frequency"),
    ],
)
def test_a_memory_that_is_no_table_is_refused_before_anything_is_computed(changes, words):
    with pytest.raises(ValueError, match=words):
        check_sound(with_memory(**changes), MANY)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("state_", [[np.zeros(1)]]),
        ("state_", None),
        ("first_state_", [[np.zeros(1)]]),
        ("scale_", "large"),
        ("weights_", np.zeros((1, 0))),
        ("forms_", [["XYZ"]]),
        ("start_", ["yesterday"]),
        ("_past", np.zeros(3, dtype=bool)),
        ("recent_", None),
        ("_digest", "text"),
    ],
)
def test_an_attribute_that_does_not_fit_the_others_is_refused(attribute, value):
    model = deepcopy(fitted("ETSForecaster"))
    setattr(model, attribute, value)
    with pytest.raises((AttributeError, IndexError, KeyError, TypeError, ValueError)):
        check_sound(model, MANY)


def test_a_season_that_the_file_has_no_numbers_for_costs_nothing():
    model = deepcopy(fitted("NaiveForecaster-seasonal"))
    model.season_length = 10**12
    check_sound(model, 1000)  # it refuses every answer in words of its own
    with pytest.raises(InputError):
        model.predict(1)


def test_a_forecaster_that_has_learned_remembers():
    model = deepcopy(fitted("NaiveForecaster-seasonal"))
    del model.memory_
    with pytest.raises(AttributeError, match="memory_"):
        check_sound(model, MANY)


def test_the_forecaster_of_a_detector_is_tried():
    detector = AnomalyDetector()
    detector.forecaster_ = with_memory(frequency=Frequency("", step=0))
    with pytest.raises(ValueError, match="wrong frequency"):
        check_sound(detector, MANY)


def test_a_parameter_that_fit_refuses_is_refused():
    model = deepcopy(fitted("NaiveForecaster-seasonal"))
    model.season_length = 0
    with pytest.raises(InputError, match="season_length of NaiveForecaster must be"):
        check_sound(model, MANY)


@pytest.mark.parametrize("name", make_fixtures.MODELS)
def test_a_file_of_an_earlier_version_is_sound(name):
    load(make_fixtures.FOLDER / f"{name}.seqcast")
