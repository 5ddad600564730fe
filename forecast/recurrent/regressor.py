"""Recurrent networks as plain scikit-learn estimators: windows in, values out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import Tags, check_array, check_consistent_length, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

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
}


class LSTMRegressor(RegressorMixin, BaseEstimator):
    """Regression from windows by a recurrent network: LSTM, GRU or simple RNN, stacked.

    Each row of X is a window. Rows whose window or target holds NaN are skipped in `fit`; in
    `predict` an incomplete window is answered with NaN, and `score` ignores it. So the output of
    `SlidingWindow` and of `lead` can be passed as it is. Inputs and targets are brought to mean 0
    and deviation 1 inside.

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
    random_state : int, RandomState or None

    Attributes
    ----------
    weights_ : list of dicts of arrays
        The weights of each member of the ensemble by name (``lstm_0_kernel``, ``head_bias``), in
        Keras' layout.
    history_ : list of dict
        The loss (and validation loss) of each epoch, in units of the standardised target.
    n_features_in_ : int
        The second axis of X: the number of timesteps.

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
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LSTMRegressor:
        """Learn from the complete windows.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features) or (samples, timesteps)
        y : array of shape (samples,) or (samples, outputs)
        sample_weight : array of shape (samples,), optional

        Returns
        -------
        LSTMRegressor
            The estimator itself.

        Raises
        ------
        ValueError
            If no sample is complete, or X or y holds inf.
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
            outputs=y.shape[1],
            bidirectional=self.bidirectional,
            members=self.ensemble,
        )

    def _loss(self, members: list[Weights], samples: Samples) -> float:
        """Return the mean loss of networks on samples, by the samples' weights."""
        errors = np.abs(samples.actual() - self._run(members, samples))
        losses = _LOSSES[self.loss](errors)  # (samples, outputs)
        each = losses.mean(axis=1)
        return float(np.average(each, weights=samples.weights))

    def _check(self, X: Any, y: Any, sample_weight: Any) -> tuple[Slices, np.ndarray, np.ndarray]:
        """Return windows, targets (samples, outputs) and weights (samples,), or refuse them."""
        if y is None:
            raise InputError("LSTMRegressor requires y to be passed, but the target y is None.")
        X = validate_data(self, X, allow_nd=True, ensure_all_finite=False, dtype=np.float32)
        y = _check_target(y)
        check_consistent_length(X, y)
        # Answers have as many axes as the targets had.
        self._target_ndim = y.ndim
        y = y.reshape(len(y), -1)
        # NaN is a missing target, inf a mistake.
        infinite = np.isinf(y).any(axis=1)
        if infinite.any():
            raise InputError(
                f"y contains inf in row {int(np.argmax(infinite))}. Mend or drop this row."
            )
        windows = self._slices(X)
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
        self.target_mean_, deviation = mean_and_deviation(y[learned])
        self.target_scale_ = without_rounding(deviation, self.target_mean_)

    def _samples(self, windows: Slices, y: np.ndarray, weight: np.ndarray) -> Samples:
        """Return standardised windows and targets, as slices of two tables."""
        outputs = y.shape[1]
        rows = standardised_columns(windows.rows, self.mean_, self.scale_, np.float32)
        # The outputs of a sample are a run of `outputs` rows of one column.
        targets = self._standardised_targets(y, np.float32)
        column = targets.reshape(-1, 1)
        return Samples(
            windows=(Slices(rows, windows.starts, windows.length),),
            targets=Slices(column, outputs * np.arange(len(y)), outputs),
            weights=weight,
        )

    def _standardised_targets(self, y: np.ndarray, kind: type) -> np.ndarray:
        """Return targets (samples, outputs) in units of their deviation."""
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
        array of shape (samples,) or (samples, outputs)
            NaN for windows that hold NaN.
        """
        complete, samples = self._complete(X)
        answer = np.full((len(complete), self.architecture_.outputs), np.nan)
        answer[complete] = self._run(self.weights_, samples)
        answer = answer * self.target_scale_ + self.target_mean_
        return answer[:, 0] if self._target_ndim == 1 else answer

    def _checked(self, X: Any) -> Slices:
        """Return the windows of X, whose shape must be that of `fit`."""
        check_is_fitted(self)
        X = validate_data(
            self, X, reset=False, allow_nd=True, ensure_all_finite=False, dtype=np.float32
        )
        windows = self._slices(X)
        if windows.rows.shape[1] != self.architecture_.channels:
            raise InputError(
                f"X has {windows.rows.shape[1]} features; fit saw {self.architecture_.channels}."
            )
        return windows

    def _complete(self, X: Any) -> tuple[np.ndarray, Samples]:
        """Return which windows of X are complete, and these in double precision.

        In single precision, the answer to a window would depend on those beside it.
        """
        windows = self._checked(X)
        complete = windows.complete()
        rows = standardised_columns(windows.rows, self.mean_, self.scale_, np.float64)
        asked = Slices(rows, windows.starts[complete], windows.length)
        return complete, Samples((asked,))

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
        y : array of shape (samples,) or (samples, outputs)

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
            If y is not as long as X, has other outputs than in `fit`, or no sample is complete.
        """
        complete, samples = self._complete(X)
        y = _check_target(y)
        check_consistent_length(complete, y)
        y = y.reshape(len(complete), -1)[complete]
        # The answers and what they are compared with must have the same steps.
        if y.shape[1] != self.architecture_.outputs:
            raise InputError(f"y has {y.shape[1]} outputs; fit saw {self.architecture_.outputs}.")
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
        """Run the networks: (samples, outputs), standardised."""
        a = self.architecture_
        blocks = samples.blocks(a.numbers_held)
        answers = [forward(a, members, *block.inputs())[:, :, 0] for block in blocks]
        nothing = np.empty((0, a.outputs), dtype=np.float32)  # where there is no sample
        return np.concatenate([nothing, *answers])

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the coefficient of determination R² of the rows without NaN.

        Parameters
        ----------
        X : array of shape (samples, timesteps, features)
        y : array of shape (samples,) or (samples, outputs)
        sample_weight : array of shape (samples,), optional

        Returns
        -------
        float
        """
        answer = self.predict(X)
        y = np.asarray(y, dtype=np.float64).reshape(answer.shape)
        # NaN in either makes NaN in the sum.
        missing = np.isnan(y + answer).reshape(len(y), -1)
        known = ~missing.any(axis=1)
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
    return check_array(
        y, ensure_2d=False, ensure_all_finite=False, dtype=np.float64, input_name="y"
    )
