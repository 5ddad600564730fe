"""A profile as a value: of frames of each kind, as JSON, as HTML."""

import json
import time

import numpy as np
import pandas as pd
import pytest
from analyst_files import HOLES, energy, spare_parts, store_sales, visits

from forecast import Profile
from forecast.exceptions import InputError

FRAMES = {
    "stores": store_sales().set_index(["store", "month"]),
    "visits": visits().set_index("date"),
    "energy": energy().set_index("time"),
    "parts": spare_parts().set_index(["part", "week"]),
    "integers": pd.DataFrame({"y": np.arange(30.0) ** 2}, pd.RangeIndex(5, 35)),
    "periods": pd.DataFrame(
        {"y": np.arange(30.0) % 7}, pd.period_range("2020-01", periods=30, freq="M")
    ),
    "empty column": pd.DataFrame({"y": [np.nan] * 3}, pd.date_range("2024-01-01", periods=3)),
    "two rows": pd.DataFrame({"y": [1.0, 2.0]}, pd.date_range("2024-01-01", periods=2)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_table_is_plain_json_and_words(name):
    before = FRAMES[name].copy()
    profile = Profile.from_frame(FRAMES[name])
    plain = json.loads(json.dumps(profile.to_dict(), allow_nan=False))
    assert plain["rows"] >= len(FRAMES[name])
    assert list(plain["columns"]) == list(FRAMES[name].columns)
    assert str(profile).splitlines()[2] == "needs attention"
    assert profile._repr_html_().startswith("<table>")
    pd.testing.assert_frame_equal(FRAMES[name], before)


def test_the_figures_of_the_visits():
    plain = Profile.from_frame(FRAMES["visits"], "visits").to_dict()
    assert (plain["rows"], plain["series"], plain["frequency"]) == (744, 1, "D")
    assert (plain["begin"], plain["end"]) == ("2022-01-01T00:00:00", "2024-01-14T00:00:00")
    assert sorted(hole["rows"] for hole in plain["holes"]) == sorted(rows for _, rows in HOLES)
    assert (plain["missing_rows"], plain["n_holes"]) == (13, 3)
    assert plain["columns"]["visits"]["n_outliers"] == 1
    assert (plain["target"], plain["ahead"]) == ("visits", 14)
    assert list(plain["known_ahead"]) == ["promo"]
    assert [season["rows"] for season in plain["columns"]["visits"]["seasons"]] == [7]
    assert "seasons" not in plain["columns"]["promo"]


def test_of_many_holes_the_longest_are_listed():
    frame = FRAMES["energy"].copy()
    frame.iloc[5:4000:8] = np.nan
    frame.iloc[30:40] = np.nan
    plain = Profile.from_frame(frame).to_dict()
    assert len(plain["holes"]) == 100
    assert plain["holes"][0]["rows"] == 11  # the row before them is empty as well
    assert plain["missing_rows"] == int(frame["load"].isna().sum())


def test_the_figures_of_the_energy():
    plain = Profile.from_frame(FRAMES["energy"]).to_dict()
    assert (plain["time_zone"], plain["season_length"]) == ("Europe/Berlin", 96)
    seasons = plain["columns"]["load"]["seasons"]
    assert [(season["rows"], season["name"]) for season in seasons] == [(96, "day"), (672, "week")]
    assert plain["holes"] == plain["attention"] == []


def test_a_frame_in_another_order_is_the_same():
    shuffled = FRAMES["stores"].sort_index(level=1, sort_remaining=False)
    assert set(Profile.from_frame(shuffled).extent.early) == {"Essen"}


def test_rows_that_lie_off_the_grid_are_told():
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    moved = days + pd.to_timedelta(np.arange(60) % 3, unit="min")
    profile = Profile.from_frame(pd.Series(np.arange(60.0), moved, name="y"))
    assert profile.extent.rows == 60
    assert "off the grid" in profile.attention()[0]


def test_rows_that_only_the_user_can_mend_are_refused():
    days = pd.DatetimeIndex(["2024-01-01", "2024-01-01", "2024-01-02"])
    with pytest.raises(InputError, match="stands twice"):
        Profile.from_frame(pd.Series([1.0, 2.0, 3.0], days, name="y"))


def test_another_target_is_refused_and_the_nearest_offered():
    with pytest.raises(InputError, match="did you mean 'visits'"):
        Profile.from_frame(FRAMES["visits"], "visit")
    with pytest.raises(InputError, match="no column"):
        Profile.from_frame(FRAMES["visits"][[]])


def test_columns_of_text_are_refused():
    frame = FRAMES["visits"].assign(weather="rain")
    with pytest.raises(InputError, match="'weather' holds") as refused:
        Profile.from_frame(frame)
    assert "frame.drop(columns='weather')" in str(refused.value)
    Profile.from_frame(frame.drop(columns="weather"))


def test_names_are_escaped_in_html():
    days = pd.date_range("2024-01-01", periods=40)
    name = "<script>alert(1)</script>"
    y = np.random.default_rng(0).normal(size=40)
    html = Profile.from_frame(pd.DataFrame({name: y}, days))._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_thousand_series_take_seconds():
    days = pd.date_range("2022-01-01", periods=730)
    y = np.random.default_rng(0).poisson(5, size=730_000).astype(float)
    index = pd.MultiIndex.from_product([[f"s{i}" for i in range(1000)], days])
    begin = time.process_time()
    profile = Profile.from_frame(pd.DataFrame({"y": y}, index))
    assert time.process_time() - begin < 10
    assert profile.columns["y"].close.looked_at == 50
