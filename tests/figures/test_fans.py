"""Central intervals: which quantiles make them, and how they are drawn."""

import numpy as np
import pandas as pd
import pytest
from artists import areas, legend
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast.figures.axes import finish_panels
from forecast.figures.fans import add_interval, central_intervals, draw_fan

MOMENTS = np.arange(3.0)


def quantiles_of(*levels, rows=3):
    """Return a table in which the quantile of level q has the value q."""
    return pd.DataFrame({f"q{level}": np.full(rows, level) for level in levels})


@pytest.fixture(scope="module")
def fan():
    axis = Figure().subplots()
    draw_fan(axis, MOMENTS, quantiles_of(0.025, 0.1, 0.25, 0.75, 0.9, 0.975), "#0072B2")
    finish_panels([axis], [], "")
    return axis


def test_quantiles_pair_around_the_median_the_widest_first():
    intervals = central_intervals(quantiles_of(0.25, 0.95, 0.5, 0.75, 0.05))
    assert [(i.lower, i.upper) for i in intervals] == [("q0.05", "q0.95"), ("q0.25", "q0.75")]
    assert_allclose([i.coverage for i in intervals], [0.9, 0.5])
    assert [i.percent for i in intervals] == ["90 %", "50 %"]


@pytest.mark.parametrize(
    "levels", [(1 / 3, 2 / 3), (0.05, 1 - 0.05), (0.0005, 0.9995), (1e-5, 0.99999)]
)
def test_counterparts_are_found_however_they_are_rounded(levels):
    (interval,) = central_intervals(quantiles_of(*levels))
    assert (interval.lower, interval.upper) == (f"q{levels[0]}", f"q{levels[1]}")


def test_quantiles_without_counterpart_make_no_interval():
    assert central_intervals(quantiles_of(0.1, 0.5)) == []
    assert central_intervals(quantiles_of(0.5, 0.9)) == []
    assert central_intervals(pd.DataFrame({"forecast": [1.0], "quality": [1.0]})) == []


@pytest.mark.parametrize("coverage", [0.9, 0.95, 2 / 3, 0.999])
def test_an_interval_comes_back_from_its_quantiles(coverage):
    forecast = pd.DataFrame({"forecast": [1.0, 2.0]})
    add_interval(forecast, pd.DataFrame({"lower": [0.0, 1.0], "upper": [3.0, 5.0]}), coverage)
    (interval,) = central_intervals(forecast)
    assert_allclose(interval.coverage, coverage, atol=2e-6)
    assert_allclose(forecast[interval.lower], [0, 1])
    assert_allclose(forecast[interval.upper], [3, 5])


def test_areas_lie_between_their_quantiles(fan):
    assert list(areas(fan)) == ["95 % interval", "80 % interval", "50 % interval"]
    assert legend(fan) == list(areas(fan))
    for area, ends in zip(
        areas(fan).values(), [(0.025, 0.975), (0.1, 0.9), (0.25, 0.75)], strict=True
    ):
        edge = area.get_paths()[0].vertices
        assert_allclose([edge[:, 1].min(), edge[:, 1].max()], ends)
        assert_allclose([edge[:, 0].min(), edge[:, 0].max()], [0, 2])


def test_a_fan_is_darker_inside_and_opaque(fan):
    colors = np.array([area.get_facecolor()[0] for area in areas(fan).values()])
    assert (np.diff(colors[:, :3].sum(axis=1)) < 0).all()
    assert_allclose(colors[:, 3], 1)  # the legend shows what is drawn


def test_a_fan_may_be_named_after_its_model():
    axis = Figure().subplots()
    draw_fan(axis, MOMENTS, quantiles_of(0.1, 0.9), "black", model="a {model}")
    assert list(areas(axis)) == ["a {model}, 80 %"]


def test_an_interval_at_a_single_moment_is_a_bar():
    axis = Figure().subplots()
    draw_fan(axis, MOMENTS[:1], quantiles_of(0.1, 0.25, 0.75, 0.9, rows=1), "black")
    assert not areas(axis)
    assert [bar.get_label() for bar in axis.collections] == ["80 % interval", "50 % interval"]
    assert_allclose(axis.collections[1].get_segments(), [[[0, 0.25], [0, 0.75]]])
