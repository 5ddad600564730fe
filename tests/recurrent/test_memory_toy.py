"""A toy that needs a long memory: what gates are for, as measured.

Each window holds numbers between -1 and 1, one of which is marked; the answer is the marked number.
It may stand anywhere while learning, and at the first timestep when it counts. (Of a single bit, a
simple RNN that begins with an orthogonal recurrence has no trouble to keep track: its units
saturate. A number does not survive that.)
"""

import numpy as np
import pytest

from forecast import LSTMRegressor

pytestmark = pytest.mark.slow
NEAR = 0.2  # an answer nearer than this is right; constant answers are right for one number in five


def _windows(n, length, rng, first=False):
    X = np.zeros((n, length, 2))
    X[:, :, 0] = rng.uniform(-1, 1, (n, length))
    marked = np.zeros(n, dtype=int) if first else rng.integers(length, size=n)
    X[np.arange(n), marked, 1] = 1
    return X, X[np.arange(n), marked, 0]


def _accuracy_and_flow(cell, k, units):
    """Return the share of right answers k timesteps later, and of the gradient that arrives."""
    rng = np.random.default_rng(0)
    model = LSTMRegressor(
        cell=cell, units=units, epochs=20, batch_size=50, learning_rate=0.02, random_state=0
    )
    model.fit(*_windows(2000, k + 1, rng))
    X, y = _windows(500, k + 1, rng, first=True)
    norm = model.gradient_flow(X, y).set_index("timesteps_back")["norm"]
    return np.mean(np.abs(model.predict(X) - y) < NEAR), norm[k] / norm[0]


def test_a_simple_cell_remembers_five_timesteps():
    accuracy, _ = _accuracy_and_flow("simple", 5, units=16)
    assert accuracy > 0.95


def test_only_a_gated_cell_remembers_forty_timesteps():
    accuracy, flow = _accuracy_and_flow("lstm", 40, units=8)
    assert accuracy > 0.9
    lost, flow_lost = _accuracy_and_flow("simple", 40, units=8)
    assert lost < 0.7
    assert flow_lost < 1e-3
    assert flow_lost < 1e-2 * flow  # how far below, the processor's rounding decides
