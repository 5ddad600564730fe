"""Dropout by a hash: which units are left out depends on numbers alone, not on who draws.

XLA and TensorFlow have random generators of their own, which draw differently. An integer hash of
seed, epoch, batch, network and place draws the same on both roads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.recurrent.network import tf


def dropout_mask(shape: tuple[Any, int], rate: float, seeds: Any, batch: Any, member: int) -> Any:
    """Draw which units are kept: 0, or 1 / (1 - rate), so that the mean is 1.

    Parameters
    ----------
    shape : (samples, units)
    rate : float
        The share of units that is left out.
    seeds : tensor of shape (2,), uint32
        The seed of the fit and the number of the epoch.
    batch : tensor, int32
        The number of the batch.
    member : int
        The number of the network.

    Returns
    -------
    tensor of shape (samples, units), or 1.0 where the rate is 0
    """
    if not rate:
        return 1.0
    samples, units = shape
    # Each number goes into the hash of those before it.
    key = _hash(seeds[0])
    key = _hash(key + seeds[1])
    key = _hash(key + tf.cast(batch, tf.uint32))
    key = _hash(key + np.uint32(member))
    # The last number is the place in the mask, one hash for each.
    places = tf.range(samples * units)
    hashes = _hash(tf.cast(places, tf.uint32) + key)
    # The 24 upper bits, which a float32 holds exactly, are a number from 0 to below 1.
    bits = tf.bitwise.right_shift(hashes, np.uint32(8))
    draws = tf.cast(bits, tf.float32) / 2**24
    draws = tf.reshape(draws, (samples, units))
    kept = tf.cast(draws >= rate, tf.float32)
    return kept / (1 - rate)


def _hash(x: Any) -> Any:
    """Mix the bits of unsigned integers: the hash "lowbias32" by C. Wellons."""
    x = _xor_shifted(x, 16)
    x = x * np.uint32(0x7FEB352D)
    x = _xor_shifted(x, 15)
    x = x * np.uint32(0x846CA68B)
    return _xor_shifted(x, 16)


def _xor_shifted(x: Any, shift: int) -> Any:
    """Mix the upper bits of unsigned integers into the lower ones."""
    shifted = tf.bitwise.right_shift(x, np.uint32(shift))
    return tf.bitwise.bitwise_xor(x, shifted)
