"""``forecast inspect``: what it says of files with planted faults, and what it writes."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from analyst_files import energy, spare_parts, store_sales, visits
from shop import command

from forecast import read

FILES = {
    "stores.csv": store_sales().to_csv(sep=";", decimal=",", index=False),
    "visits.csv": visits().to_csv(index=False),
    "energy.csv": energy().to_csv(index=False),
    "parts.csv": spare_parts().to_csv(index=False),
}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text)


def plain(*arguments):
    ran = command("inspect", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_series_are_found_and_it_is_said():
    ran = command("inspect", "stores.csv")
    assert ran.code == 0
    assert "'store' tells the rows apart. It was read with --series store." in ran.out
    assert "begins late: Fulda (2022-03-01)" in ran.out
    assert "delimiter semicolon, decimal comma, time month, series store" in ran.out
    assert (
        ran.err == "other commands read it with --series store; --repair FILE writes it regular\n"
    )


def test_holes_are_shown_and_not_filled():
    found = plain("visits.csv", "--target", "visits")
    assert [hole["rows"] for hole in found["holes"]] == [9, 3, 1]
    assert found["attention"][0].startswith("13 rows without any value")
    assert found["notes"] == ["read 731 rows", "opened 13 missing rows"]


def test_of_offsets_that_change_the_zone_is_utc():
    found = plain("energy.csv")
    assert found["time_zone"] == "UTC"
    assert "It was read with --time-zone UTC." in found["attention"][0]
    assert plain("energy.csv", "--time-zone", "Europe/Berlin")["attention"] == []


def test_numbers_that_stand_for_missing_values():
    table = visits()
    table.loc[[20, 40], "visits"] = -999
    table.to_csv("sentinels.csv", index=False)
    found = plain("sentinels.csv")
    assert "--missing=-999" in found["attention"][0]
    assert found["columns"]["visits"]["least"] > 0


def test_what_only_the_user_knows_is_refused():
    table = visits()
    pd.concat([table, table.iloc[[5]].assign(visits=1.0)]).to_csv("twice.csv", index=False)
    ran = command("inspect", "twice.csv")
    assert ran.code == 2
    assert "Say what becomes of them, such as --how mean" in ran.err
    found = plain("twice.csv", "--how", "mean")
    assert found["notes"][:2] == ["read 732 rows", "rows out of order: sorted"]


def test_a_refusal_says_by_which_flags_the_file_was_read_so_far():
    table = energy()
    table["load"] = table["load"].astype(str)
    table.loc[5, "load"] = "1.234,5"
    table.to_csv("doubtful.csv", index=False)
    ran = command("inspect", "doubtful.csv")
    assert ran.code == 2
    assert "--time-zone UTC, which it needs as well" in ran.err


def test_events_without_a_number_are_counted():
    moments = pd.date_range("2024-01-01", periods=90, freq="8h").repeat(2)
    pd.DataFrame({"time": moments, "what": "login"}).to_csv("events.csv", index=False)
    found = plain("events.csv")
    first, second = found["attention"]
    assert "It was read with --freq D --how count." in first
    assert second == "count: constant (6)"
    assert found["columns"]["count"]["median"] == 6


def test_a_filled_table_is_seen_as_other_commands_see_it():
    found = plain("visits.csv", "--target", "visits", "--freq", "D", "--fill")
    assert found["holes"] == []
    assert "filled 26 cells with the value before" in found["notes"]


def test_rows_written_twice_are_counted_once():
    table = visits()
    pd.concat([table, table.iloc[[5]]]).to_csv("twice.csv", index=False)
    found = plain("twice.csv")
    assert "It was read with --how first." in found["attention"][0]
    assert any(note.startswith("merged") for note in found["notes"])


@pytest.mark.parametrize(
    ("file", "options", "ending"),
    [
        ("stores.csv", (), "csv"),
        ("visits.csv", ("--target", "visits"), "csv"),
        ("energy.csv", ("--time-zone", "Europe/Berlin"), "csv"),
        ("energy.csv", ("--time-zone", "Europe/Berlin"), "parquet"),
        ("parts.csv", (), "parquet"),
    ],
)
def test_the_repaired_table_is_read_without_a_question(file, options, ending):
    ran = command("inspect", file, *options, "--repair", f"whole.{ending}")
    assert ran.code == 0, ran.err
    assert f"read it with: forecast backtest whole.{ending}" in ran.err
    target = options[-2:] if "--target" in options else ()
    small = ("--models", "naive", "--origins", "2", "--horizon", "2")
    again = command("backtest", f"whole.{ending}", *target, *small)
    assert again.code == 0, again.err


def test_the_repaired_table_has_what_was_there():
    command("inspect", "visits.csv", "--target", "visits", "--repair", "whole.csv", "--quiet")
    whole = read("whole.csv")
    before = visits().set_index("date").asfreq("D")
    inside = before["visits"][:730]
    np.testing.assert_array_equal(whole["visits"][:730], inside.ffill())
    assert whole["visits"][730:].isna().all()
    known = before["promo"].notna().to_numpy()
    np.testing.assert_array_equal(whole["promo"][known], before["promo"][known])


def test_holes_among_sums_are_nothing():
    command(
        *("inspect", "visits.csv", "--how", "sum", "--freq", "D"),
        *("--target", "visits", "--repair", "whole.csv"),
    )
    whole = read("whole.csv")
    np.testing.assert_array_equal(whole["visits"].iloc[100:103], 0)


def test_names_that_are_numbers_need_a_flag_and_it_is_said():
    numbers = spare_parts().replace({"part": {"bolt": 1, "clamp": 2, "gasket": 3}})
    numbers.infer_objects().to_csv("numbers.csv", index=False)
    ran = command("inspect", "numbers.csv", "--repair", "whole.csv")
    assert "read it with: forecast backtest whole.csv --series series" in ran.err


def test_days_in_a_time_zone_are_written_as_dates():
    days = pd.date_range("2024-03-01", periods=60, tz="Europe/Berlin").rename("day")
    frame = pd.DataFrame({"y": np.arange(60.0)}, days)
    frame.to_parquet("days.parquet")
    command("inspect", "days.parquet", "--repair", "days.csv")
    assert read("days.csv").index.freqstr in ("D", None)
    assert str(read("days.csv").index[-1]) == "2024-04-29 00:00:00"


def test_the_picture_is_written():
    ran = command("inspect", "visits.csv", "-o", "visits.png")
    assert ran.code == 0
    assert Path("visits.png").stat().st_size > 10_000
    again = command("inspect", "visits.csv", "-o", "visits.png")
    assert again.code == 2
    assert "--force" in again.err


def test_standard_input_is_read_again_after_a_refusal(monkeypatch):
    text = Path("stores.csv").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    ran = command("inspect", "-")
    assert ran.code == 0
    assert ran.out.startswith("6 series")


def test_a_shipped_data_set_needs_no_attention_to_its_rows():
    found = plain("stocks", "--target", "adjusted_close")
    assert set(found["begin_late"]) == {"FB", "GOOG"}
    assert found["holes"] == []


def test_an_unknown_target_is_refused():
    ran = command("inspect", "visits.csv", "--target", "visit")
    assert ran.code == 2
    assert "did you mean 'visits'" in ran.err


def test_a_table_is_repaired_as_csv_or_parquet():
    ran = command("inspect", "visits.csv", "--repair", "whole.xlsx")
    assert ran.code == 2
    assert "Name it whole.csv." in ran.err


def test_holes_where_clocks_go_forward_are_left_to_the_user(refused):
    moments = pd.date_range("2024-03-30", periods=48, freq="h", tz="Europe/Berlin")
    wall = pd.Series(np.arange(48.0), moments.tz_localize(None), name="load")
    wall.to_csv("wall.csv", index_label="time")
    sentence = refused("inspect", "wall.csv")
    assert "If clocks went forward, name the place with --time-zone" in sentence
    healed = command("inspect", "wall.csv", "--time-zone", "Europe/Berlin", "--format", "json")
    assert json.loads(healed.out)["holes"] == []
