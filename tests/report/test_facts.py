"""The page says what the run was made of."""

import json

from numpy.testing import assert_allclose

from forecast import Backtest
from forecast.profiling.profile import Profile
from forecast.report.facts import attention, command, groups, notes

SEEN = "What was seen in the data"


def test_notes_name_what_was_repaired_set_aside_and_left_out(result):
    run = Backtest(result.forecasts, {**result.settings, "left_out": ["closed"]})
    assert notes(run) == [
        *result.settings["notes"],
        "ridge: Zürich answered by seasonal, being too short for it",
        "not scored, for want of rows before and after an origin: closed",
    ]


def test_the_command_can_be_pasted(result):
    assert command(result.settings) == "forecast backtest stores.csv --out 'my run'"
    assert command({}) is None


def test_settings_are_named_and_what_is_unknown_is_left_out(result):
    found = {group.title: dict(group.entries) for group in groups(result, {})}
    assert found["Data"]["source"] == "stores.csv"
    assert found["Data"]["moments"] == "2024-02-20 to 2024-04-29, forecast and known"
    assert "time zone" not in found["Data"]
    assert found["Settings"]["seed"] == "3"
    assert found["Models"]["naive"] == "NaiveForecaster()"
    assert found["Versions"] == result.settings["versions"]
    bare = {group.title: dict(group.entries) for group in groups(Backtest(result.forecasts), {})}
    assert list(bare) == ["Data"]
    assert "source" not in bare["Data"]


def test_a_profile_is_told_in_a_few_words(sales, result):
    profile = Profile.from_frame(sales.to_frame()).to_dict()
    profile = json.loads(json.dumps(profile))  # as its file has it
    seen = dict(dict(groups(result, profile))[SEEN])
    assert seen["rows"] == "720"
    assert seen["from and to"] == "2024-01-01 to 2024-04-29"
    assert seen["frequency"] == "D"
    assert seen["seasons"].startswith("week (7 rows, strength 0.9")
    least, median, largest = map(float, seen["least, median, largest"].split(", "))
    assert_allclose([least, median, largest], sales.quantile([0, 0.5, 1]), rtol=1e-3)
    assert "rows of a series" not in seen
    marked = dict(dict(groups(result, {"marks": {"decimal": ",", "time": "day"}}))[SEEN])
    assert marked == {"read as": "decimal ',', time 'day'"}
    assert attention({**profile, "attention": ["ends early: x"]}) == ["ends early: x"]
    assert attention({}) == []


def test_moments_with_a_zone_are_written_in_it(result):
    zoned = result.forecasts.copy()
    zoned["timestamp"] = zoned["timestamp"].dt.tz_localize("Europe/Berlin")
    data = dict(groups(Backtest(zoned), {})[0].entries)
    assert data["time zone"] == "Europe/Berlin"
    assert data["moments"].startswith("2024-02-20 to")
