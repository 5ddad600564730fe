"""From a panel to samples: which numbers stand in a window, and what is known ahead."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose, assert_array_equal

from forecast.recurrent.architecture import Architecture
from forecast.recurrent.panel_samples import (
    panel_samples,
    sample_places,
    samples_by_target,
)
from forecast.tables.panel import Panel
from forecast.tables.standardising import Scaling

TWO_FEATURES = Architecture("lstm", 2, 1, timesteps=3, channels=3, outputs=2)


def two_targets(n=10):
    """Return a panel of two targets and two features, and what these are standardised by."""
    rng = np.random.default_rng(0)
    index = pd.date_range("2024-02-29 20:00", periods=n, freq="h")
    panel, _ = Panel.of(index, rng.normal(size=(n, 2)), rng.normal(size=(n, 2)))
    return panel, Scaling(np.array([[0.0, 1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 4.0, 8.0]]))


def test_a_window_holds_a_target_and_the_features_up_to_the_origin():
    panel, scaling = two_targets()
    origins = np.array([4, 6])
    samples = panel_samples(TWO_FEATURES, panel, origins, scaling, ())
    windows, ahead, series = samples.inputs()
    assert windows.shape == (4, 3, 3)
    assert ahead is None
    assert series is None
    # Sample 3 is the second target at the second origin.
    assert_allclose(windows[3, :, 0], (panel.y[4:7, 1] - 1) / 2, rtol=1e-6)
    assert_allclose(windows[3, :, 1:], (panel.X[4:7] - [2, 3]) / [4, 8], rtol=1e-6)
    assert_allclose(samples.actual()[3], (panel.y[7:9, 1] - 1) / 2, rtol=1e-6)


def test_known_features_are_read_at_their_own_step():
    panel, scaling = two_targets()
    architecture = replace(TWO_FEATURES, known_channels=(2,))
    _, ahead, _ = panel_samples(architecture, panel, np.array([4, 9]), scaling, ()).inputs()
    assert_allclose(ahead[2, :, 0], (panel.X[5:7, 1] - 3) / 8, rtol=1e-6)
    assert np.isnan(ahead[3]).all()  # beyond the end of the panel


def test_the_calendar_is_sine_and_cosine_of_its_parts():
    panel, scaling = two_targets()
    parts = ["day_of_year", "hour", "day_of_week"]
    architecture = replace(TWO_FEATURES, calendar_columns=6)
    _, ahead, _ = panel_samples(architecture, panel, np.array([3]), scaling, parts).inputs()
    for row, moment in zip(ahead[0], panel.times[4:6], strict=True):
        angles = [
            2 * np.pi * (moment.day_of_year - 1 + moment.hour / 24) / 365.25,
            2 * np.pi * moment.hour / 24,
            2 * np.pi * (moment.day_of_week + moment.hour / 24) / 7,
        ]
        assert_allclose(row, [*np.sin(angles), *np.cos(angles)], atol=1e-6)


def test_samples_name_the_series_of_the_training_table():
    index = pd.MultiIndex.from_product([["a", "b"], range(8)])
    panel, _ = Panel.of(index, np.empty((16, 0)), np.arange(16.0)[:, None])
    later = panel.select(np.array([1]))
    architecture = replace(TWO_FEATURES, channels=1, series=2, embedding=3)
    scaling = Scaling(np.array([[0.0], [10.0]]), np.array([[1.0], [2.0]]))
    samples = panel_samples(architecture, later, np.array([4]), scaling, ())
    assert_array_equal(samples.series, [1])
    assert_allclose(samples.inputs()[0][0, :, 0], (np.array([10.0, 11.0, 12.0]) - 10) / 2)


def test_samples_are_parted_by_targets_and_by_origins():
    panel, scaling = two_targets()
    origins = np.array([3, 4, 5, 6])
    samples = panel_samples(TWO_FEATURES, panel, origins, scaling, ())
    first, second = samples_by_target(samples, 2)
    assert_array_equal(second.actual(), samples.actual()[4:])
    assert len(first) == 4
    assert_array_equal(sample_places(origins, np.array([3, 5]), 2), [0, 2, 4, 6])
