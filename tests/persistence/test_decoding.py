"""What a text may say: known classes and kinds of values, each as it was written."""

import numpy as np
import pandas as pd
import pytest
from model_files import Members, change, pack, refused, unpack
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from forecast import NaiveForecaster, load, save


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


# Names of attributes


def window_with(path, **state):
    """Write a transformer with further attributes."""
    estimator = {"class": "SlidingWindow", "state": {"lookback": 2} | state}
    change(path, estimator=estimator)


@pytest.mark.parametrize(
    "name", ["transform", "_rules", "set_output", "__dict__", "extra", "a b_", ""]
)
def test_an_attribute_that_hides_a_method_or_is_not_learned_is_refused(path, name):
    window_with(path, **{name: 3})
    refused(path, f"is damaged .*SlidingWindow learns no {name!r}")


def test_an_attribute_that_is_learned_is_taken(path):
    window_with(path, n_features_in_=3, _past=None)
    assert vars(load(path)) == {"lookback": 2, "n_features_in_": 3, "_past": None}


def test_an_array_is_the_value_of_one_place(path):
    one = {"array": "a0"}
    window_with(path, seasons_=one)
    load(path)
    window_with(path, seasons_=one, sigma_=one)
    refused(path, "is damaged")


# What is believed of moments and pipelines


@pytest.mark.parametrize("zone", ["dateutil//etc/passwd", "tzlocal()", "../UTC", "Mars/Olympus", 3])
def test_a_zone_that_is_none_is_refused(path, zone):
    document, arrays = unpack(path.read_bytes())
    moments = {"datetimes": {"array": "m"}, "zone": zone, "unit": "s"}
    state = document["estimator"]["state"] | {"extra_": moments}
    document["estimator"]["state"] = state
    arrays["m"] = np.arange(3)
    path.write_bytes(pack(Members(document, arrays)))
    refused(path, "is damaged")


def test_a_pipeline_comes_back_without_the_folder_of_its_cache(path, tmp_path):
    pipeline = make_pipeline(StandardScaler(), Ridge(), memory=str(tmp_path / "cache"))
    assert load(save(pipeline, path)).memory is None
    assert pipeline.memory is not None

    # A file of an earlier version still names one.
    document, arrays = unpack(path.read_bytes())
    document["estimator"]["state"]["memory"] = str(tmp_path / "cache")
    path.write_bytes(pack(Members(document, arrays)))
    loaded = load(path)
    assert loaded.memory is None
    loaded.fit(np.eye(3), np.arange(3))
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("part", "value"),
    [("alias", None), ("alias", ["D"]), ("step", 0.5), ("step", "1"), ("periods", [])],
)
def test_a_part_of_a_value_that_is_of_another_kind_is_refused(path, part, value):
    save(NaiveForecaster().fit(pd.Series([1.0, 2.0, 3.0])), path)
    members = unpack(path.read_bytes())
    members.document["estimator"]["state"]["memory_"]["state"]["frequency"]["state"][part] = value
    path.write_bytes(pack(members))
    refused(path, "is damaged .* not an instance of")
