"""Reliability by its artists: bands of chance, and sentences where a line would have one point."""

import numpy as np
import pandas as pd
from artists import areas, lines, spread_of
from numpy.testing import assert_allclose
from scipy.stats import binom

from forecast import CalibrationDisplay
from forecast.figures.styles import model_styles


def sentences(axis):
    """Return what is written on a panel."""
    return [text.get_text() for text in axis.texts if text.get_text()]


def test_bands_of_chance_are_those_of_the_binomial_distribution():
    table = spread_of((0.3, 0.5), models="a", origins=100, index=pd.RangeIndex(500))
    axis = CalibrationDisplay(table).plot().ax_
    for label, n in (("chance (95 %), 100 origins", 100), ("chance (95 %), 400 actuals", 400)):
        edges = areas(axis)[label].get_paths()[0].vertices
        for nominal in (0.25, 0.5, 0.9):
            at = np.unique(edges[np.abs(edges[:, 0] - nominal) < 1e-9, 1])
            assert_allclose(at, binom.ppf([0.025, 0.975], n, nominal) / n, atol=1 / n)
        assert (edges.min(), edges.max()) == (0, 1)


def test_one_actual_per_origin_has_one_band_of_chance():
    axis = CalibrationDisplay(spread_of((0.3, 0.5), origins=30, horizon=1)).plot().ax_
    assert list(areas(axis)) == ["chance (95 %), 30 actuals"]


def test_a_single_interval_is_a_sentence_for_each_model():
    table = spread_of((0.05, 0.95), models=("lstm", "naive"), origins=30, horizon=1)
    axis = CalibrationDisplay(table).plot().ax_
    expected = []
    for model in ("lstm", "naive"):
        part = table[table["model"] == model]
        inside = (part["q0.05"] <= part["actual"]) & (part["actual"] <= part["q0.95"])
        expected.append(f"{model}: 90 % intervals held {100 * inside.mean():.1f} % of actuals")
    assert sentences(axis)[:2] == expected
    # 0.9 ± 1.96 · sqrt(0.9 · 0.1 / 30)
    chance = ["Calibrated ones would, with 95 %, hold"]
    chance.append("79.3 to 100.0 % if the 30 actuals were independent")
    assert sentences(axis)[2:] == chance
    # Before each sentence stands the marker that its model has in other figures.
    markers = [(line.get_color(), line.get_marker()) for line in axis.get_lines()]
    styles = model_styles(["lstm", "naive"]).values()
    assert markers == [(style["color"], style["marker"]) for style in styles]
    assert [line.get_ydata()[0] for line in axis.get_lines()] == [0, 1]
    assert not axis.axison


def test_a_single_quantile_is_a_sentence():
    table = spread_of((0.9,), models="a")
    axis = CalibrationDisplay(table).plot().ax_
    share = 100 * (table["actual"] <= table["q0.9"]).mean()
    assert sentences(axis)[0] == f"a: {share:.1f} % of actuals lay below the 90 % quantile"


def test_a_model_without_quantiles_has_its_sentence():
    table = spread_of((0.05, 0.95))
    table.loc[table["model"] == "b", ["q0.05", "q0.95"]] = np.nan
    assert "b: no quantiles" in sentences(CalibrationDisplay(table).plot().ax_)


def test_one_interval_among_more_quantiles_is_a_sentence_beside_a_line():
    display = CalibrationDisplay(spread_of((0.1, 0.5, 0.9))).plot()
    inside, below = display.ax_
    assert sentences(inside)[0].startswith("a: 80 % intervals held")
    assert_allclose(lines(below)["a"].get_xdata(), [0.1, 0.5, 0.9])
