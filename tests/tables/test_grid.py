"""Grids of moments: pandas' aliases and months on one day."""

import pandas as pd
import pytest

from forecast.tables.grid import alias_of_step, grid_of, has_days, inferred_alias, season_of_grid


@pytest.mark.parametrize(
    ("alias", "first", "expected"),
    [
        ("MS+14D", "2024-01-15", ["2024-02-15", "2024-03-15"]),
        ("QS-FEB+9D", "2024-02-10", ["2024-05-10", "2024-08-10"]),
        ("W-WED", "2024-01-03", ["2024-01-10", "2024-01-17"]),
        ("2D", "2024-02-28", ["2024-03-01", "2024-03-03"]),
        ("ME", "2024-01-31", ["2024-02-29", "2024-03-31"]),
    ],
)
def test_a_grid_goes_on(alias, first, expected):
    following = grid_of(alias).after(pd.Timestamp(first), 2)
    assert list(following) == [pd.Timestamp(day) for day in expected]
    between = grid_of(alias).between(pd.Timestamp(first), following[-1])
    assert list(between[1:]) == list(following)


def test_days_behind_a_grid_are_those_of_the_calendar_where_clocks_change():
    first = pd.Timestamp("2024-03-15", tz="Europe/Berlin")
    assert str(grid_of("MS+14D").after(first, 1)[0]) == "2024-04-15 00:00:00+02:00"


@pytest.mark.parametrize("alias", ["parsec", "MS+D", "MS+xD", "+14D"])
def test_an_alias_that_names_no_grid_is_refused(alias):
    with pytest.raises(ValueError, match="is no frequency: use 'h'"):
        grid_of(alias)


@pytest.mark.parametrize(
    ("alias", "season", "weeks"),
    [
        ("30s", 2, False),
        ("min", 1440, True),
        ("h", 24, True),
        ("7h", 1, True),
        ("D", 7, False),
        ("W-SUN", 52, False),
        ("SMS-15", 24, False),
        ("BME", 12, False),
        ("BQS-OCT", 4, False),
        ("31D", 1, False),
        ("YE", 1, False),
    ],
)
def test_a_season_is_the_shortest_cycle_longer_than_a_step(alias, season, weeks):
    assert season_of_grid(alias, periods=False) == season
    assert has_days(alias, periods=False) is weeks


def test_moments_without_a_grid_have_no_alias():
    days = ["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-06"]
    assert inferred_alias(pd.DatetimeIndex(days)) is None
    assert inferred_alias(pd.DatetimeIndex(["2024-01-15", "2024-02-16", "2024-03-15"])) is None


def test_a_step_of_24_hours_is_a_day():
    assert alias_of_step(pd.Timedelta(hours=24)) == "D"
    assert alias_of_step(pd.Timedelta(hours=72)) == "3D"
    assert alias_of_step(pd.Timedelta(seconds=5400)) == "90min"


@pytest.mark.parametrize(
    "alias", ["0h", "0D", "-1D", "MS+99D", "MS+-1D", "99999999999D", "9" * 400 + "h", "NaT", ""]
)
def test_what_has_no_next_step_is_no_grid(alias):
    with pytest.raises(ValueError, match="is no frequency: use 'h'") as error:
        grid_of(alias)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("alias", ["ns", "s", "h", "D", "W-WED", "MS", "MS+14D", "YE", "B"])
def test_steps_are_counted_without_making_them(alias):
    grid = grid_of(alias)
    moments = grid.after(pd.Timestamp("2013-01-01"), 200)
    assert grid.n_steps(moments[0], moments[-1]) == pytest.approx(199, rel=0.03)
    assert not grid.is_too_fine(moments, most=0)
    assert grid.is_too_fine(moments[[0, -1]], most=-2)
