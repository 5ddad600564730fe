"""The axis of steps: where its ticks are."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from forecast.figures.step_axis import format_step_axis, tick_distance


def ticks(n_steps, season_length):
    """Return the ticks that are seen on an axis of so many steps."""
    axis = Figure().subplots()
    axis.plot(np.arange(1, n_steps + 1), np.zeros(n_steps))
    format_step_axis(axis, n_steps, season_length)
    first, last = axis.get_xlim()
    assert first == 0.5
    assert last >= n_steps
    return [tick for tick in axis.get_xticks() if first <= tick <= n_steps]


@pytest.mark.parametrize(
    ("n_steps", "season_length", "expected"),
    [
        (96, 24, [24, 48, 72, 96]),
        (96, 96, [24, 48, 72, 96]),  # a day of quarters of an hour
        (24, 24, [6, 12, 18, 24]),
        (48, 24, [12, 24, 36, 48]),
        (168, 24, [24, 48, 72, 96, 120, 144, 168]),
        (336, 24, [48, 96, 144, 192, 240, 288, 336]),
        (30, 7, [7, 14, 21, 28]),
        (14, 7, [7, 14]),
        (7, 7, [1, 2, 3, 4, 5, 6, 7]),
        (12, 12, [3, 6, 9, 12]),
        (24, 12, [6, 12, 18, 24]),
        (1, 24, [1]),
    ],
)
def test_ticks_are_at_seasons_or_at_equal_parts_of_one(n_steps, season_length, expected):
    assert_allclose(ticks(n_steps, season_length), expected)


@pytest.mark.parametrize(("n_steps", "season_length"), [(30, 1), (12, 24)])
def test_without_a_season_ticks_are_whole_numbers(n_steps, season_length):
    assert tick_distance(n_steps, season_length) is None
    found = ticks(n_steps, season_length)
    assert len(found) > 2
    assert_allclose(found, np.round(found))
