"""The k-th smallest number in a window, as sorting the window says."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.forecasters.ordered_windows import OrderedWindows

NAN = np.nan


@pytest.mark.parametrize("length", [1, 7, 8, 9, 40])
def test_every_window_reads_in_ascending_order(length):
    rng = np.random.default_rng(length)
    # Few different numbers: many are equal.
    values = rng.integers(-3, 4, (2, 3, length)).astype(float)
    size = max(1, length // 3)
    windows = OrderedWindows(values, np.array([size, size]))
    both = np.arange(2)
    k = np.broadcast_to(np.arange(size), (2, 3, size))
    for first in range(length - size + 1):
        inside = values[..., first : first + size]
        assert_array_equal(windows.smallest(both, k), np.sort(inside, axis=-1))
        assert_array_equal(windows.current(), inside)
        if first < length - size:
            windows.move(both)


def test_sequences_have_windows_of_their_own():
    values = np.array([[[5.0, 1, 4, 2, NAN]], [[9, 8, 7, 6, 5]]])
    windows = OrderedWindows(values, np.array([2, 3]))
    windows.move(np.array([1]))
    windows.move(np.array([1, 0]))
    assert_array_equal(windows.current(), [[[1, 4, NAN]], [[7, 6, 5]]])
    places = np.array([[1, 0], [2, 0]])
    assert_array_equal(windows.numbers(np.array([0, 1]), places)[..., 0], [[4, 1], [5, 7]])
    assert_array_equal(windows.smallest(np.array([1, 0]), np.array([[[1]], [[0]]])), [[[6]], [[1]]])
