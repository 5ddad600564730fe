"""Gradient descent in NumPy, in the place of training by TensorFlow.

For tests of what stands around a network, whatever it has learned: TensorFlow takes seconds to
trace each shape of a network. Weights are learned from the same samples, by the gradients that
`tests/recurrent` compares with those of TensorFlow.
"""

import numpy as np

from forecast.recurrent.architecture import initial_weights
from forecast.recurrent.gradients import gradients

RATE = 100  # so many times that of Adam: its steps do not follow the length of the gradient


def train_windows(architecture, samples, loss, dropout, schedule, seed, validate=None, places=None):
    """Take a step for each epoch, down the gradient of the mean squared error of all samples.

    Parameters and returned values are those of `forecast.recurrent.network.train_windows`; the loss
    and dropout are not used.
    """
    del loss, dropout
    if places is not None:
        samples = samples.keep(places)
    generators = [np.random.default_rng([seed, m]) for m in range(architecture.members)]
    members = [initial_weights(architecture, generator) for generator in generators]
    history = []
    for _ in range(schedule.epochs):
        steps = [_step(architecture, weights, samples, schedule) for weights in members]
        members = [weights for weights, _ in steps]
        record = {"loss": float(np.mean([value for _, value in steps]))}
        if validate is not None:
            record["validation_loss"] = validate(members)
        history.append(record)
    return members, history, True


def _step(architecture, weights, samples, schedule):
    """Return the weights after one step, and the loss before it."""
    windows, ahead, series = samples.inputs()
    weight = np.ones(len(samples)) if samples.weights is None else samples.weights
    share = (weight / weight.sum())[:, None, None]

    def squared_error(answer, actual):
        error = answer - actual[:, :, None]
        return float(0.5 * (share * error**2).sum()), share * error

    doubles = {name: values.astype(float) for name, values in weights.items()}
    ahead = None if ahead is None else ahead.astype(float)
    actual = samples.actual().astype(float)
    value, by_weights, _ = gradients(
        architecture, doubles, windows.astype(float), actual, ahead, series, squared_error
    )
    # As in training, a long gradient is shortened.
    norm = np.sqrt(sum((values**2).sum() for values in by_weights.values()))
    rate = RATE * schedule.learning_rate / max(1.0, norm)
    moved = {name: doubles[name] - rate * by_weights[name] for name in weights}
    return {name: values.astype(np.float32) for name, values in moved.items()}, value
