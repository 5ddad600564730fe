"""What a text may say: known classes and kinds of values, each as it was written."""

import pytest
from model_files import change, refused


@pytest.mark.parametrize(
    "name",
    [
        "Popen",
        "SVR",
        "object",
        "BaseEstimator",
        "",
        "forecast.forecasters.naive.NaiveForecaster",
        "load",  # public, but no class
        "Backtest",  # public, but no estimator
        "Slices",  # a value, but none of those listed
        "__all__",
    ],
)
def test_an_unknown_class_is_refused(path, name):
    change(path, estimator={"class": name, "state": {}})
    refused(path, f"class {name!r}, which this version does not know")


def test_an_unknown_class_inside_is_refused(path):
    inner = {
        "class": "NaiveForecaster",
        "state": {"season_length": {"class": "Popen", "state": {"args": "ls"}}},
    }
    change(path, estimator=inner)
    refused(path, "'Popen'")


def test_an_unknown_kind_of_value_is_refused(path):
    change(path, estimator={"class": "NaiveForecaster", "state": {"season_length": {"set": [1]}}})
    refused(path, "'set', which this version does not know")


@pytest.mark.parametrize(
    "value",
    [
        {"array": "a99"},
        {"array": 3},
        {"array": ["a0"]},
        {"array": "../evil"},
        {},
        {"dict": [[1]]},
        {"dict": [[[1], 2]]},
        {"moment": 3},
        {"moment": []},
        {"float": "much"},
        {"float": None},
        {"tuple": 3},
        {"datetimes": {"array": "a0"}},
        {"datetimes": {"array": "a0"}, "zone": "Mars/Olympus", "unit": "ns"},
        {"datetimes": {"array": "a0"}, "zone": None, "unit": "fortnight"},
        {"periods": {"array": "a0"}, "freq": "?"},
        {"class": "Panel", "state": {"evil": 1}},
        {"class": "Panel", "state": [1]},
        {"class": "Panel"},
        {"class": ["Panel"], "state": {}},
        {"class": {"class": "Panel"}, "state": {}},
        {"class": "Orders", "state": {"order": [1, 0, 0]}},
        {"labels": ["a"], "dtype": "nonsense"},
        {"labels": ["a"]},
    ],
)
def test_a_damaged_reference_is_refused(path, value):
    change(path, estimator={"class": "NaiveForecaster", "state": {"season_length": value}})
    refused(path, "is damaged|does not know|is not a seqcast file: it")


@pytest.mark.parametrize(
    "estimator", [3, "NaiveForecaster", None, [1], {"float": "inf"}, {"array": "a0"}]
)
def test_what_is_no_estimator_is_refused(path, estimator):
    change(path, estimator=estimator)
    refused(path, "estimator|is damaged|not a seqcast file")
