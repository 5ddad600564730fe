"""The page says what the run was made of."""

from forecast import Backtest
from forecast.report.facts import command, groups, notes


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


def test_a_profile_is_laid_flat(result):
    profile = {"season_lengths": [7, 365], "holes": {"north": 3, "filled": True}, "trend": 0.123456}
    data = dict(groups(result, profile)[0].entries)
    assert data["season lengths"] == "7, 365"
    assert (data["holes north"], data["holes filled"]) == ("3", "yes")
    assert data["trend"] == "0.1235"


def test_moments_with_a_zone_are_written_in_it(result):
    zoned = result.forecasts.copy()
    zoned["timestamp"] = zoned["timestamp"].dt.tz_localize("Europe/Berlin")
    data = dict(groups(Backtest(zoned), {})[0].entries)
    assert data["time zone"] == "Europe/Berlin"
    assert data["moments"].startswith("2024-02-20 to")
