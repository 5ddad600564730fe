"""The figure of a profile by its artists."""

import numpy as np
import pandas as pd
import pytest
from analyst_files import HOLES, SPIKE, energy, spare_parts, store_sales, visits
from artists import INDEXES
from matplotlib.dates import num2date
from numpy.testing import assert_allclose
from statsmodels.tsa.stattools import acf

from forecast import ProfileDisplay
from forecast.exceptions import InputError


def titles(display):
    return [axis.get_title(loc="left") for axis in display.ax_]


def labels(axis):
    return axis.get_legend_handles_labels()[1]


@pytest.fixture(scope="module")
def daily():
    return visits().set_index("date")["visits"].asfreq("D")


@pytest.fixture(scope="module")
def display(daily):
    return ProfileDisplay.from_series(daily)


def test_there_is_a_panel_for_each_part(display):
    first, week, remainder, last = titles(display)
    assert first.startswith("the series and its trend, strength 0.")
    assert week.startswith("week, 7 rows, strength 0.")
    assert remainder == "remainder, 1 outlier"
    assert last.startswith("autocorrelation")
    assert display.ax_[0].get_ylabel() == "visits"


def test_the_outlier_is_circled_and_the_holes_are_coloured(display, daily):
    axis = display.ax_[0]
    assert labels(axis) == ["missing", "observed", "trend", "outlier"]
    (circled,) = [line for line in axis.lines if line.get_label() == "outlier"]
    assert num2date(circled.get_xdata()[0]).date() == daily.index[SPIKE].date()
    assert_allclose(circled.get_ydata(), daily.iloc[SPIKE])
    assert len(axis.patches) == len(HOLES)
    widths = sorted(round(patch.get_width()) for patch in axis.patches)
    assert widths == sorted(length for _, length in HOLES)


def test_an_outlier_far_beyond_all_others_is_marked_at_the_edge(daily):
    wild = daily.copy()
    wild.iloc[SPIKE] = 1e6
    axis = ProfileDisplay.from_series(wild).ax_[0]
    (beyond,) = [line for line in axis.lines if line.get_label() == "outlier beyond the edge"]
    others = daily.drop(daily.index[SPIKE])
    edge = others.max() + 3 * (others.max() - others.min())
    assert_allclose(beyond.get_ydata(), edge)
    assert edge < axis.get_ylim()[1] < 1.2 * edge


def test_rows_without_a_target_at_the_end_are_not_drawn(display, daily):
    (observed,) = [line for line in display.ax_[0].lines if line.get_label() == "observed"]
    assert len(observed.get_xdata()) == daily.notna().to_numpy().nonzero()[0][-1] + 1


def test_the_autocorrelations_are_those_of_statsmodels():
    rng = np.random.default_rng(0)
    months = pd.date_range("2001-01-01", periods=120, freq="MS")
    y = pd.Series(5 * np.sin(np.arange(120) * np.pi / 6) + rng.normal(size=120), months)
    display = ProfileDisplay.from_series(y)
    (trend,) = [line for line in display.ax_[0].lines if line.get_label() == "trend"]
    rods = display.ax_[-1].collections[-1].get_segments()
    heights = [segment[1, 1] for segment in rods]
    expected = acf(y.to_numpy() - trend.get_ydata(), nlags=30)[1:]
    assert_allclose(heights, expected, atol=1e-10)
    assert set(display.ax_[-1].get_xticks()) >= {12, 24}


def test_of_several_series_the_longest_is_drawn_before_the_others():
    display = ProfileDisplay.from_frame(store_sales().set_index(["store", "month"]), "sales")
    assert display.ax_[0].get_ylabel() == "sales of Aalen"
    assert labels(display.ax_[0])[0] == "the other series"
    grey = [line for line in display.ax_[0].lines if line.get_color() == "0.8"]
    assert sorted(len(line.get_xdata()) for line in grey) == [22, 40, 72, 72, 72]


def test_two_seasons_have_two_panels_in_the_time_zone():
    display = ProfileDisplay.from_frame(energy().set_index("time"), "load")
    assert [title.split(",")[0] for title in titles(display)[1:3]] == ["day", "week"]
    assert display.ax_[0].get_xlabel() == "Europe/Berlin"


def test_rare_demand_has_no_outliers():
    display = ProfileDisplay.from_frame(spare_parts().set_index(["part", "week"]), "demand")
    assert titles(display)[1] == "remainder, 0 outliers"


@pytest.mark.parametrize("name", INDEXES)
def test_every_kind_of_index_is_drawn(name):
    y = pd.Series(np.random.default_rng(0).normal(size=60), INDEXES[name])
    display = ProfileDisplay.from_series(y, target="speed")
    assert display.ax_[0].get_ylabel() == "speed"
    display.figure_.canvas.draw()


def test_what_cannot_be_drawn_is_refused():
    days = pd.date_range("2024-01-01", periods=9)
    with pytest.raises(InputError, match="3 values"):
        ProfileDisplay.from_series(pd.Series([1.0, 2.0, 3.0] + 6 * [np.nan], days))
    with pytest.raises(InputError, match="did you mean 'visits'"):
        ProfileDisplay.from_frame(visits().set_index("date"), "visit")
