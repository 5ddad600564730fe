"""Recurrent networks as plain scikit-learn estimators: windows in, values out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags, check_array, check_consistent_length, check_random_state
from sklearn.utils.validation import (
    _check_feature_names,
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from forecast.exceptions import InputError
from forecast.recurrent.architecture import Architecture, Weights
from forecast.recurrent.cells import forward
from forecast.recurrent.inspection import flow_frame, gate_frame
from forecast.recurrent.samples import Samples
from forecast.recurrent.schedule import Schedule
from forecast.tables.standardising import (
    covered_mean_and_deviation,
    mean_and_deviation,
    standardised_columns,
    without_rounding,
)
from forecast.tables.windows import Slices
from forecast.validation import (
    Rule,
    check_parameters,
    flag,
    fraction,
    integer,
    number,
    one_of,
    optional,
)

__all__ = ["LSTMRegressor"]


def _huber(error: np.ndarray) -> np.ndarray:
    """Return Huber's loss: half the square of errors below one deviation, linear beyond."""
    size = np.abs(error)
    return np.where(size < 1, error**2 / 2, size - 0.5)


# The losses of training in NumPy, for the validation part.
_LOSSES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mse": np.square,
    "mae": np.abs,
    "huber": _huber,
}

NETWORK_RULES: dict[str, Rule] = {
    "units": integer(1),
    "layers": integer(1),
    "cell": one_of("lstm", "gru", "simple"),
    "epochs": integer(1),
    "batch_size": integer(1),
    "learning_rate": number(0),
    "loss": one_of("mse", "mae", "huber"),
    "bidirectional": flag(),
    "ensemble": integer(1),
    "dropout": fraction(),
    "patience": optional(integer(0)),
    "validation_fraction": fraction(),
    "samples_per_epoch": optional(integer(1)),
}


class LSTMRegressor(RegressorMixin, BaseEstimator):
    """Regression from windows by a recurrent network: LSTM, GRU or simple RNN, stacked.

    Each row of X is a window. Rows whose window or target holds NaN are skipped in `fit`. In
    `predict` a window whose beginning is missing is read as if its first known row had stood there
    all along; NaN elsewhere is answered with NaN. So the output of `SlidingWindow` and of `lead`
    can be passed as it is, and scikit-learn's scorers find a number in each row. Inputs and targets
    are brought to mean 0 and deviation 1 inside.

    A window is answered as a whole, by one value or by several; or, where the targets have three
    axes, at each of its timesteps.

    Parameters
    ----------
    units : int, default=64
        The size of each recurrent layer.
    layers : int, default=1
        How many recurrent layers stand on one another.
    cell : {"lstm", "gru", "simple"}, default="lstm"
    bidirectional : bool, default=False
        Whether each layer also reads the window backwards, with weights of its own.
    ensemble : int, default=1
        How many networks, which begin with other weights, are learned at once; their answers are
        averaged.
    epochs : int, default=20
    batch_size : int, default=32
    learning_rate : float, default=0.003
        Of Adam at the beginning; it falls to 0 along a cosine.
    loss : {"mse", "mae", "huber"}, default="mse"
        Huber's is half the square of errors below one deviation, and grows linearly beyond.
    dropout : float from 0 to below 1, default=0.0
        The share of the last layer's units that is left out at random in training.
    patience : int, optional
        How many epochs in a row may bring no better loss on the validation part: one more stops the
        training, and the best weights are kept.
    validation_fraction : float, default=0.1
        With a patience: the latest part of the samples, not learned from. As many samples before it
        as a sample has outputs are purged, since their targets reach into it.
    samples_per_epoch : int, optional
        So many samples are drawn for each epoch, where there are more. By default an epoch goes
        through all of them.
    random_state : int, RandomState or None

    Attributes
    ----------
    weights_ : list of dicts of arrays
        The weights of each member of the ensemble by name (``lstm_0_kernel``, ``head_bias``), in
        Keras' layout.
    history_ : list of dict
        The loss (and validation loss) of each epoch, in units of the standardised target.
    n_features_in_ : int
        The number of features, the last axis of X.

    Notes
    -----
    `predict` runs the network in NumPy; TensorFlow is imported by `fit` alone.

    References
    ----------
    .. [1] Hochreiter & Schmidhuber (1997), Neural Computation 9(8), 1735-1780.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from forecast import SlidingWindow, lead
    >>> X = np.sin(np.arange(60.0))[:, None]
    >>> model = make_pipeline(SlidingWindow(4), LSTMRegressor(units=4, epochs=2, random_state=0))
    >>> model.fit(X, lead(X[:, 0], 2)).predict(X).shape
    (60, 2)
    """

    _rules: ClassVar[dict[str, Rule]] = NETWORK_RULES

    def __init__(
        self,
        units: int = 64,
        layers: int = 1,
        cell: str = "lstm",
        bidirectional: bool = False,
        ensemble: int = 1,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 0.003,
        loss: str = "mse",
        dropout: float = 0.0,
        patience: int | None = None,
        validation_fraction: float = 0.1,
        samples_per_epoch: int | None = None,
        random_state: Any = None,
    ):
        self.units = units
        self.layers = layers
        self.cell = cell
        self.bidirectional = bidirectional
        self.ensemble = ensemble
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.loss = loss
        self.dropout = dropout
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.samples_per_epoch = samples_per_epoch
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LSTMRegressor:
        """Learn from the complete windows.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps)
        y : array of shape (samples,), (samples, outputs) or (samples, timesteps, outputs)
        sample_weight : array of shape (samples,), optional

        Returns
        -------
        LSTMRegressor
            The estimator itself.

        Raises
        ------
        ValueError
            If no sample is complete, X or y holds inf, or y of three axes has not the timesteps of
            X.
        """
        from forecast.recurrent.network import train_windows

        check_parameters(self, self._rules)
        windows, y, weight = self._check(X, y, sample_weight)
        used = self._usable(windows, y, weight)
        learned, held_out = self._split(used, y.shape[1])
        self._learn_scaling(windows, y, used[learned])
        self.architecture_ = self._architecture(windows, y)

        # Incomplete samples are left out here. The validation part stays among the samples, and is
        # left out by the places to learn from.
        samples = self._samples(windows, y, weight).keep(used)
        later = samples.keep(held_out)

        def validate(members: list[Weights]) -> float:
            return self._loss(members, later)

        # Without a validation part there is nothing to choose: the last weights are kept.
        validation = validate if len(held_out) else None
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self.weights_, self.history_, _ = train_windows(
            self.architecture_,
            samples,
            self.loss,
            self.dropout,
            Schedule.of(self),
            seed,
            validation,
            learned,
        )
        return self

    def _architecture(self, windows: Slices, y: np.ndarray) -> Architecture:
        """Return the network's shape for these windows and targets."""
        return Architecture(
            cell=self.cell,
            units=self.units,
            layers=self.layers,
            timesteps=windows.length,
            channels=windows.rows.shape[1],
            outputs=self._outputs,
            bidirectional=self.bidirectional,
            aligned=len(self._target_shape) == 2,
            members=self.ensemble,
        )

    def _loss(self, members: list[Weights], samples: Samples) -> float:
        """Return the mean loss of networks on samples, by the samples' weights."""
        errors = np.abs(samples.actual() - self._run(members, samples))
        losses = _LOSSES[self.loss](errors)  # (samples, outputs)
        each = losses.mean(axis=1)
        return float(np.average(each, weights=samples.weights))

    def _check(self, X: Any, y: Any, sample_weight: Any) -> tuple[Slices, np.ndarray, np.ndarray]:
        """Return windows, targets (samples, answers) and weights (samples,), or refuse them."""
        if y is None:
            raise InputError("LSTMRegressor requires y to be passed, but the target y is None.")
        X = validate_data(self, X, allow_nd=True, ensure_all_finite=False, dtype=np.float32)
        # scikit-learn counts the second axis, which is that of the timesteps.
        self.n_features_in_ = X.shape[2] if X.ndim == 3 else 1
        y = _check_target(y)
        check_consistent_length(X, y)
        windows = self._slices(X)
        # Answers have the axes that the targets had.
        self._target_shape = y.shape[1:]
        if y.ndim == 3 and y.shape[1] != windows.length:
            raise InputError(
                f"y has {y.shape[1]} timesteps, X {windows.length}: a target is needed at each of "
                "them."
            )
        y = y.reshape(len(y), -1)
        # NaN is a missing target, inf a mistake.
        infinite = np.isinf(y).any(axis=1)
        if infinite.any():
            raise InputError(
                f"y contains inf in row {int(np.argmax(infinite))}. Mend or drop this row."
            )
        # Without weights all samples count alike.
        if sample_weight is None:
            return windows, y, np.ones(len(y))
        weight = _check_sample_weight(sample_weight, X, ensure_non_negative=True)
        return windows, y, weight

    def _usable(self, windows: Slices, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Return the samples that are complete and weigh something."""
        complete = windows.complete() & ~np.isnan(y).any(axis=1)
        used = np.flatnonzero(complete & (weight > 0))
        if not len(used):
            raise InputError(
                f"none of the {len(y)} samples is complete: each window or target holds NaN. "
                "Pass more rows."
            )
        return used

    def _split(self, used: np.ndarray, outputs: int) -> tuple[np.ndarray, np.ndarray]:
        """Part the used samples: places of those to learn from, and of the latest.

        The latest are the validation part, which decides when to stop. As many samples before it as
        a sample has outputs are in neither part, since their targets reach into it.
        """
        places = np.arange(len(used))
        cut = int(np.ceil(len(used) * (1 - self.validation_fraction)))
        if self.patience is None or cut == len(used):
            return places, places[:0]
        learned = places[used <= used[cut] - outputs]
        if not len(learned):
            raise InputError(
                f"{len(used)} complete samples leave none to learn from beside validation_fraction="
                f"{self.validation_fraction}. Pass more rows or patience=None."
            )
        return learned, places[cut:]

    def _learn_scaling(self, windows: Slices, y: np.ndarray, learned: np.ndarray) -> None:
        """Learn means and deviations of inputs and targets from the samples to learn from."""
        self.mean_, deviation = covered_mean_and_deviation(windows.keep(learned))
        self.scale_ = without_rounding(deviation, self.mean_)
        # The unit of an output is the same at all timesteps.
        columns = y[learned].reshape(-1, self._outputs)
        mean, deviation = mean_and_deviation(columns)
        scale = without_rounding(deviation, mean)
        times = y.shape[1] // self._outputs
        self.target_mean_ = np.tile(mean, times)
        self.target_scale_ = np.tile(scale, times)

    def _samples(self, windows: Slices, y: np.ndarray, weight: np.ndarray) -> Samples:
        """Return standardised windows and targets, as slices of two tables."""
        answers = y.shape[1]
        rows = standardised_columns(windows.rows, self.mean_, self.scale_, np.float32)
        # The targets of a sample are a run of `answers` rows of one column.
        targets = self._standardised_targets(y, np.float32)
        column = targets.reshape(-1, 1)
        return Samples(
            windows=(Slices(rows, windows.starts, windows.length),),
            targets=Slices(column, answers * np.arange(len(y)), answers),
            weights=weight,
        )

    def _standardised_targets(self, y: np.ndarray, kind: type) -> np.ndarray:
        """Return targets (samples, answers) in units of their deviation."""
        return standardised_columns(y, self.target_mean_, self.target_scale_, kind)

    def _slices(self, X: np.ndarray) -> Slices:
        """See X as slices of rows; a second axis only means one feature."""
        if X.ndim not in (2, 3):
            raise InputError(f"X must have shape (samples, timesteps, features); got {X.shape}.")
        if X.ndim == 2:
            X = X[:, :, None]
        windows = Slices.of(X)
        if np.isinf(windows.rows).any():
            raise InputError(
                "X contains inf. Replace it by a number, or by NaN to skip its windows."
            )
        return windows

    def predict(self, X: Any) -> np.ndarray:
        """Answer each window.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps)

        Returns
        -------
        array of shape (samples,), (samples, outputs) or (samples, timesteps, outputs)
            NaN for windows that hold NaN behind their first known row.
        """
        windows = self._checked(X)
        answer = np.full((len(windows), self.architecture_.answers), np.nan)
        complete = np.flatnonzero(windows.complete())
        answer[complete] = self._run(self.weights_, self._asked(windows.keep(complete)))
        # A window that begins late is not part of a table any more once it is filled.
        late = np.setdiff1d(np.arange(len(windows)), complete)
        filled = Slices.of(_held_from_first_row(windows[late]))
        known = np.flatnonzero(filled.complete())
        answer[late[known]] = self._run(self.weights_, self._asked(filled.keep(known)))
        answer = answer * self.target_scale_ + self.target_mean_
        return answer.reshape(len(windows), *self._target_shape)

    def _checked(self, X: Any) -> Slices:
        """Return the windows of X, whose shape must be that of `fit`."""
        check_is_fitted(self)
        _check_feature_names(self, X, reset=False)
        X = check_array(X, allow_nd=True, ensure_all_finite=False, dtype=np.float32, input_name="X")
        windows = self._slices(X)
        a = self.architecture_
        if windows.rows.shape[1] != a.channels:
            raise InputError(f"X has {windows.rows.shape[1]} features; fit saw {a.channels}.")
        if windows.length != a.timesteps:
            raise InputError(f"X has {windows.length} timesteps; fit saw {a.timesteps}.")
        return windows

    @property
    def _outputs(self) -> int:
        """The number of targets: of a sample, or of each of its timesteps."""
        return self._target_shape[-1] if self._target_shape else 1

    def _complete(self, X: Any) -> tuple[np.ndarray, Samples]:
        """Return which windows of X are complete, and these."""
        windows = self._checked(X)
        complete = windows.complete()
        return complete, self._asked(windows.keep(complete))

    def _asked(self, windows: Slices) -> Samples:
        """Return standardised windows in double precision.

        In single precision, the answer to a window would depend on those beside it.
        """
        rows = standardised_columns(windows.rows, self.mean_, self.scale_, np.float64)
        return Samples((Slices(rows, windows.starts, windows.length),))

    def to_keras(self) -> Any:
        """Build the model of Keras that answers as this estimator does.

        Returns
        -------
        keras.Model
            From plain numbers (samples, timesteps, features) to plain answers, always with an axis
            for the outputs. Its weights are a copy.

        Examples
        --------
        >>> import numpy as np
        >>> X = np.sin(np.arange(40.0)).reshape(10, 4, 1)
        >>> model = LSTMRegressor(units=4, epochs=2, random_state=0).fit(X, X[:, -1, 0])
        >>> answer = model.to_keras().predict(X, verbose=0)
        >>> bool(np.allclose(answer[:, 0], model.predict(X), atol=1e-5))
        True
        """
        from forecast.recurrent.keras_models import keras_model, with_units

        check_is_fitted(self)
        a = self.architecture_
        inputs = self.mean_, self.scale_
        targets = self.target_mean_[: a.outputs], self.target_scale_[: a.outputs]
        members = [with_units(a, weights, inputs, targets) for weights in self.weights_]
        return keras_model(a, members)

    @classmethod
    def from_keras(cls, model: Any) -> LSTMRegressor:
        """Take over a model of Keras: it predicts, is saved and looked into as one of ours.

        Parameters
        ----------
        model : keras.Model, or the path of a file (.keras or .h5)
            LSTM, GRU or SimpleRNN layers of one kind and size with Keras' default settings, each
            perhaps Bidirectional, Dropout between them, and a Dense layer at the end.

        Returns
        -------
        LSTMRegressor
            Fitted; a further `fit` begins anew.

        Raises
        ------
        TypeError
            If it is no model.
        ValueError
            If the model has a layer or a setting that we do not have.

        Examples
        --------
        >>> import keras
        >>> layers = [keras.Input((4, 1)), keras.layers.LSTM(3), keras.layers.Dense(1)]
        >>> LSTMRegressor.from_keras(keras.Sequential(layers)).predict([[0.1, 0.2, 0.3, 0.4]]).shape
        (1, 1)
        """
        from forecast.recurrent.keras_models import network_of

        architecture, weights = network_of(model)
        a = architecture
        estimator = cls(units=a.units, layers=a.layers, cell=a.cell, bidirectional=a.bidirectional)
        estimator.architecture_ = a
        estimator.weights_ = [weights]
        estimator.history_ = []
        estimator.n_features_in_ = a.channels
        estimator._target_shape = (a.timesteps, a.outputs) if a.aligned else (a.outputs,)
        # It reads and answers plain numbers.
        estimator.mean_ = np.zeros(a.channels)
        estimator.scale_ = np.ones(a.channels)
        estimator.target_mean_ = np.zeros(a.answers)
        estimator.target_scale_ = np.ones(a.answers)
        return estimator

    def gates(self, X: Any) -> pd.DataFrame:
        """Look inside the (first) network while it reads windows.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps)
            Windows that hold NaN are left out.

        Returns
        -------
        DataFrame
            A row for each number: ``sample`` (row of X), ``timestep`` (0 for the last), ``layer``,
            ``unit`` (those that read backwards come last), ``gate`` and ``value``. Gates are
            between 0 and 1: input, forget and output of an LSTM, update and reset of a GRU; then
            there are the candidate, the cell state and the hidden state.

        Raises
        ------
        ValueError
            If no window is complete.
        """
        complete, samples = self._complete(X)
        if not complete.any():
            raise InputError(f"each of the {len(complete)} windows holds NaN: pass a complete one.")
        windows, _, _ = samples.inputs()
        frame = gate_frame(self.architecture_, self.weights_[0], windows)
        frame["sample"] = np.flatnonzero(complete)[frame["sample"]]
        return frame

    def gradient_flow(self, X: Any, y: Any) -> pd.DataFrame:
        """Measure how far back the (first) network's error reaches, by its gradient's norm.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps)
        y : array
            With the axes that it had in `fit`.

        Returns
        -------
        DataFrame
            For each ``layer`` and ``timesteps_back`` from the end of the window the mean ``norm``
            of d loss / d hidden state over the complete samples, the loss being half the squared
            error in units of the target's deviation. (An LSTM also remembers in its cell states,
            past its hidden ones.)

        Raises
        ------
        ValueError
            If y is not as long as X, has other axes than in `fit`, or no sample is complete.
        """
        complete, samples = self._complete(X)
        y = _check_target(y)
        check_consistent_length(complete, y)
        # The answers and what they are compared with must have the same steps.
        if y.shape[1:] != self._target_shape:
            seen = ", ".join(["n", *map(str, self._target_shape)])
            raise InputError(f"y has the shape {y.shape}; fit saw ({seen}).")
        y = y.reshape(len(complete), -1)[complete]
        # A sample needs its targets too.
        known = ~np.isnan(y).any(axis=1)
        if not known.any():
            raise InputError(
                f"none of the {len(complete)} samples is complete: each window or target holds NaN."
            )
        # In units of the targets' deviation, as the network answers.
        actual = self._standardised_targets(y, np.float64)[known]
        windows, _, _ = samples.keep(known).inputs()
        return flow_frame(self.architecture_, self.weights_[0], windows, actual)

    def _run(self, members: list[Weights], samples: Samples) -> np.ndarray:
        """Run the networks: (samples, answers), standardised."""
        a = self.architecture_
        blocks = samples.blocks(a.numbers_held)
        answers = [forward(a, members, *block.inputs())[:, :, 0] for block in blocks]
        nothing = np.empty((0, a.answers), dtype=np.float32)  # where there is no sample
        return np.concatenate([nothing, *answers])

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the coefficient of determination R² of the rows without NaN.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features)
        y : array
            With the axes that it had in `fit`.
        sample_weight : array of shape (samples,), optional

        Returns
        -------
        float
        """
        answer = self.predict(X).reshape(len(X), -1)
        y = np.asarray(y, dtype=np.float64).reshape(answer.shape)
        # NaN in either makes NaN in the sum.
        known = ~np.isnan(y + answer).any(axis=1)
        if not known.any():
            raise InputError(
                f"none of the {len(y)} rows can be scored: each window or target holds NaN. "
                "Pass more rows."
            )
        weight = None if sample_weight is None else np.asarray(sample_weight)[known]
        return float(r2_score(y[known], answer[known], sample_weight=weight))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        tags.target_tags.multi_output = True
        return tags


def _check_target(y: Any) -> np.ndarray:
    """Return targets as numbers, NaN among them, or refuse them."""
    y = check_array(
        y,
        ensure_2d=False,
        allow_nd=True,
        ensure_all_finite=False,
        dtype=np.float64,
        input_name="y",
    )
    if y.ndim > 3:
        raise InputError(f"y must have shape (samples[, timesteps][, outputs]); got {y.shape}.")
    return y


def _held_from_first_row(windows: np.ndarray) -> np.ndarray:
    """Repeat the first row without NaN of each window (samples, timesteps, channels) before it."""
    known = ~np.isnan(windows).any(axis=2)
    first = known.argmax(axis=1)
    timesteps = np.arange(windows.shape[1])
    # The row that stands at each timestep: the first known one until there.
    rows = np.maximum(timesteps, first[:, None])
    return np.take_along_axis(windows, rows[:, :, None], axis=1)
