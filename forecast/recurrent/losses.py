"""Losses of training, as TensorFlow computes them.

Each takes the answer (samples, outputs, levels), what is compared with it (samples, outputs, 1) and
the levels of the quantiles, and returns an array of the answer's shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from forecast.recurrent.backend import tf


def _absolute_error(answer: Any, actual: Any, _: tuple[float, ...]) -> Any:
    """Return |error|: the best answer is the median."""
    return tf.abs(actual - answer)


def _squared_error(answer: Any, actual: Any, _: tuple[float, ...]) -> Any:
    """Return error²: the best answer is the mean."""
    return tf.square(actual - answer)


def _huber(answer: Any, actual: Any, _: tuple[float, ...]) -> Any:
    """Return Huber's loss: half the square of errors below one deviation, linear beyond."""
    error = actual - answer
    size = tf.abs(error)
    near = 0.5 * tf.square(error)
    far = size - 0.5
    return tf.where(size < 1, near, far)


def _pinball(answer: Any, actual: Any, levels: tuple[float, ...]) -> Any:
    """Return the pinball loss: the best answers are the quantiles of these levels."""
    error = actual - answer
    # Too low costs the level, too high costs what is left to 1.
    too_low = error * levels
    too_high = error * (np.array(levels, np.float32) - 1)
    return tf.maximum(too_low, too_high)


LOSSES: dict[str, Callable[[Any, Any, tuple[float, ...]], Any]] = {
    "mae": _absolute_error,
    "mse": _squared_error,
    "huber": _huber,
    "quantile": _pinball,
}
