"""The forest plot by its artists: differences, intervals, verdicts; and what is refused."""

import numpy as np
import pandas as pd
import pytest
from artists import legend, lines, table_of, title
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast import Backtest, ComparisonDisplay


def compared(verdicts, reference="naive"):
    """Return comparisons whose k-th difference is 3 - k, one to the left and two to the right."""
    differences = 3.0 - np.arange(len(verdicts))
    return pd.DataFrame(
        {
            "model": [f"model {k}" for k in range(len(verdicts))],
            "reference": reference,
            "difference": differences,
            "lower": differences - 1,
            "upper": differences + 2,
            "verdict": verdicts,
        }
    )


VERDICTS = ["worse", "worse", "no more than chance", "better"]


@pytest.fixture(scope="module")
def display():
    return ComparisonDisplay(compared(VERDICTS), loss="mae", unit="°F").plot()


@pytest.fixture(scope="module")
def result():
    table = table_of(models=("a", "naive", "b"), origins=12, horizon=2)
    table["forecast"] += np.random.default_rng(0).normal(0, 2, len(table))
    return Backtest(table, {"step": 2})


def drawn(axis):
    """Return label -> (places, differences, marker, fill) and the bars of each container."""
    points = {}
    for container in axis.containers:
        line, _, (bars,) = container.lines
        points[container.get_label()] = (line, bars.get_segments())
    return points


def test_differences_stand_from_the_best_on_top_with_their_intervals(display):
    axis = display.ax_
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == ["model 3", "model 2", "model 1", "model 0"]
    top, bottom = axis.get_ylim()[::-1]
    assert top < 0 < bottom
    line, bars = drawn(axis)["worse"]
    assert_allclose(line.get_xdata(), [2, 3])
    assert_allclose(line.get_ydata(), [2, 3])
    assert_allclose(bars, [[[1, 2], [4, 2]], [[2, 3], [5, 3]]])


def test_verdicts_differ_by_colour_and_by_marker(display):
    found = drawn(display.ax_)
    assert list(found) == ["better", "no more than chance", "worse"]
    for of in ("get_color", "get_marker"):
        assert len({getattr(line, of)() for line, _ in found.values()}) == 3
    assert {name: line.get_fillstyle() for name, (line, _) in found.items()} == {
        "better": "full",
        "no more than chance": "none",
        "worse": "full",
    }


def test_the_line_at_0_is_the_reference_and_the_axis_has_its_unit(display):
    axis = display.ax_
    assert_allclose(lines(axis)["naive"].get_xdata(), [0, 0])
    assert legend(axis)[0] == "naive"
    assert axis.get_xlabel() == "difference in mae (°F) from naive: below 0 is better"
    assert title(axis) == "4 models against naive, with the interval of each"


def test_a_backtest_is_compared_as_compare_does(result):
    display = ComparisonDisplay.from_backtest(result, unit="°F")
    expected = result.compare("mae", "naive").sort_values("difference")
    pd.testing.assert_frame_equal(display.comparison, result.compare("mae", "naive"))
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == list(expected["model"])
    ends = {}
    for _, bars in drawn(display.ax_).values():
        for (lower, place), (upper, _) in bars:
            ends[int(place)] = (lower, upper)
    assert_allclose([ends[k][0] for k in range(2)], expected["lower"])
    assert_allclose([ends[k][1] for k in range(2)], expected["upper"])


def test_squared_losses_are_in_squared_units(result):
    axis = ComparisonDisplay.from_backtest(result, "rmse", "b", unit="°F").ax_
    assert axis.get_xlabel() == "difference in squared rmse (°F²) from b: below 0 is better"


def test_differences_without_intervals_are_points():
    table = compared(["too few origins", "undefined"])
    table[["lower", "upper"]] = np.nan
    table.loc[1, "difference"] = np.inf
    axis = ComparisonDisplay(table).plot().ax_
    line, bars = drawn(axis)["too few origins"]
    assert_allclose(line.get_xdata(), [3])
    assert_allclose(bars, [[[3, 0], [3, 0]]])
    assert np.isfinite(axis.get_xlim()).all()


def test_a_figure_grows_with_its_models():
    height = [
        ComparisonDisplay(compared(["worse"] * n)).plot().figure_.get_figheight() for n in (2, 20)
    ]
    assert height[1] > 2 * height[0]


def test_given_axes_are_drawn_on_and_the_table_stays():
    table = compared(VERDICTS)
    before = table.copy()
    axis = Figure().subplots()
    display = ComparisonDisplay(table)
    assert display.plot(axis) is display
    assert display.ax_ is axis
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (compared(VERDICTS).drop(columns="verdict"), r"comparison lacks the columns \['verdict'\]"),
        (compared([]), "comparison has no row: compare two models at least"),
    ],
)
def test_refusals_are_one_sentence(table, words):
    with pytest.raises(ValueError, match=words) as caught:
        ComparisonDisplay(table).plot()
    assert "\n" not in str(caught.value)
