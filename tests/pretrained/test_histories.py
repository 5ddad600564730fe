"""Histories are cut to a few lengths, filled, and read as logarithms where these are better."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.pretrained.histories import filled_by_season, gathered, lines_through
from forecast.tables.panel import Panel


def panel_of(*lengths):
    """Return series of so many hours, which count from 1."""
    index = pd.concat(
        [pd.Series(0.0, pd.date_range("2024-01-01", periods=n, freq="h")) for n in lengths],
        keys=range(len(lengths)),
    ).index
    y = np.concatenate([np.arange(1.0, n + 1) for n in lengths])[:, None]
    panel, _ = Panel.of(index, np.empty((len(y), 0)), y)
    return panel


def test_each_origin_has_its_own_rows_up_to_it():
    panel = panel_of(40, 9)
    origins = np.array([39, 20, 7, 6, 48])
    found = {}
    for histories in gathered(panel, panel.y[:, 0], origins, (1, 1)):
        for place, y, is_log in zip(histories.places, histories.y, histories.is_log, strict=True):
            found[int(place)] = np.exp(y) if is_log else y
    assert sorted(found) == [0, 1, 2, 4]  # seven rows are too few
    assert_allclose(found[0], np.arange(1, 41))
    assert_allclose(found[1], np.arange(1, 22))
    assert_allclose(found[2], np.arange(1, 9))
    assert_allclose(found[4], np.arange(1, 10))


def test_long_histories_lose_less_than_a_sixteenth():
    panel = panel_of(3000)
    origins = np.arange(7, 3000)
    lengths = np.zeros(len(origins))
    kinds = 0
    for histories in gathered(panel, panel.y[:, 0], origins, (24, 168)):
        lengths[histories.places] = histories.y.shape[1]
        kinds = max(kinds, histories.y.shape[1])
    known = np.minimum(origins + 1, 1024)
    assert (lengths <= known).all()
    assert (lengths > known * 15 / 16).all()
    assert len(np.unique(lengths)) < 130


def test_seasons_count_from_two_cycles_on():
    panel = panel_of(400)
    for origin, seasons in ((20, (1, 1)), (60, (24, 24)), (399, (24, 168))):
        (histories,) = gathered(panel, panel.y[:, 0], np.array([origin]), (24, 168))
        assert histories.seasons == seasons


def test_what_was_never_observed_is_no_history():
    panel = panel_of(30)
    values = panel.y[:, 0].copy()
    values[:15] = np.nan
    origins = np.array([14, 21, 22, 29])
    places = [h.places for h in gathered(panel, values, origins, (1, 1))]
    assert_array_equal(np.concatenate(places), [2, 3])


def test_what_was_observed_long_ago_is_no_history():
    panel = panel_of(3000)
    values = panel.y[:, 0].copy()
    values[1000:] = np.nan
    origins = np.array([999, 1400, 1600, 2999])
    places = [h.places for h in gathered(panel, values, origins, (1, 1))]
    assert_array_equal(np.sort(np.concatenate(places)), [0, 1])


def test_growth_is_read_as_its_logarithm():
    panel = panel_of(60)
    grown = 1.1 ** np.arange(60.0) * (1 + 0.01 * np.sin(np.arange(60)))
    (histories,) = gathered(panel, grown, np.array([59]), (1, 1))
    assert histories.is_log.all()
    assert_allclose(histories.y[0], np.log(grown[-len(histories.y[0]) :]))


def test_gaps_are_lines_with_the_season_on_them():
    t = np.arange(60.0)
    y = (0.5 * t + np.tile([4.0, -4.0, 0.0], 20))[None]
    holed = y.copy()
    holed[0, [10, 30, 31, 32, 33, 59]] = np.nan
    filled = filled_by_season(holed, 3)
    known = ~np.isnan(holed)
    assert_array_equal(filled[known], y[known])
    assert np.abs(filled - y).max() < 1.5
    assert np.abs(lines_through(holed) - y).max() > 4


@pytest.mark.parametrize("season", [1, 5])
def test_without_gaps_nothing_is_changed(season):
    y = np.random.default_rng(0).normal(size=(3, 30))
    assert_array_equal(filled_by_season(y, season), y)
