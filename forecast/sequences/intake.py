"""A user's X as sequences, a user's y as labels, and every refusal of either."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Number
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.utils import check_array
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from forecast.exceptions import InputError, InputTypeError
from forecast.sequences.vocabulary import Vocabulary

UNLABELLED = -1

_SEQUENCE = (list, tuple, np.ndarray, pd.Series)


@dataclass(frozen=True)
class Sequences:
    """Sequences of unequal length, aligned at their beginning.

    Parameters
    ----------
    values : array of shape (samples, longest, features), or (samples, longest) of tokens' codes
        0 behind the end of a sequence.
    lengths : array of shape (samples,)
    starts : array of shape (samples,)
        The timestep of X where each sequence begins.
    timesteps : int
        The timesteps of X.
    """

    values: np.ndarray
    lengths: np.ndarray
    starts: np.ndarray
    timesteps: int

    def __len__(self) -> int:
        return len(self.lengths)

    def keep(self, places: slice | np.ndarray) -> Sequences:
        """Return some of the sequences."""
        lengths = self.lengths[places]
        values = self.values[places, : lengths.max(initial=1)]
        return Sequences(values, lengths, self.starts[places], self.timesteps)

    def live(self) -> np.ndarray:
        """Return which timesteps are within a sequence: (samples, longest)."""
        return np.arange(self.values.shape[1]) < self.lengths[:, None]

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Return sample and timestep of X of each timestep within a sequence, in their order."""
        sample, step = np.nonzero(self.live())
        return sample, self.starts[sample] + step


def turned(values: np.ndarray, lengths: np.ndarray, marks: int = 0) -> np.ndarray:
    """Return each sequence of a table (samples, longest, …) from its last timestep to its first.

    As many timesteps as there are `marks` stay at either end.
    """
    places = np.arange(values.shape[1])
    last = lengths[:, None] - 1
    between = (places >= marks) & (places <= last - marks)
    order = np.where(between, last - places, places)
    rows = np.arange(len(values))[:, None]
    return values[rows, order]


# --- X


def holds_tokens(X: Any, name: str = "X") -> bool:
    """Whether X holds sequences of tokens: texts, or an array of sequences; else it is numbers."""
    if isinstance(X, (str, bytes)):
        raise InputTypeError(f"{name} is one text, {X[:20]!r}. Put it into a list.")
    X = _array(X)
    if issparse(X) or X.dtype.kind not in "OUS":
        return False
    if X.ndim == 1:
        return any(isinstance(item, (str, bytes, *_SEQUENCE)) for item in X)
    return X.ndim == 2 and any(isinstance(item, (str, bytes)) for item in X.flat)


def sequences_of_tokens(X: Any) -> list[Any]:
    """Return each sequence of tokens of X, or refuse it."""
    sequences = list(_array(X))
    given_as_list = isinstance(X, (list, tuple))
    for place, sequence in enumerate(sequences):
        if isinstance(sequence, (str, bytes)) or not isinstance(sequence, _SEQUENCE):
            continue
        _check_tokens(sequence, place, given_as_list)
    return sequences


def _check_tokens(sequence: Any, place: int, given_as_list: bool) -> None:
    """Refuse a sequence of measured numbers, or one that may be."""
    fill = "an array of shape (samples, timesteps, features), shorter sequences filled with NaN"
    if isinstance(sequence, np.ndarray) and sequence.ndim > 1:
        raise InputError(
            f"sequence {place} is a table, not a list of tokens. Pass numbers as {fill}."
        )
    for token in sequence:
        # NaN, which alone differs from itself, is a missing token.
        if isinstance(token, (float, np.floating)) and token == token:
            raise InputError(
                f"sequence {place} holds the number {token}, which is no token. "
                f"Pass numbers as {fill}."
            )
    if given_as_list and len(sequence) and isinstance(sequence[0], (Integral, float)):
        raise InputError(
            f"sequence {place} of a list holds whole numbers, which may be tokens or not. "
            f"Pass tokens as an object array of lists, and other numbers as {fill}."
        )


def encoded(sequences: list[Any], vocabulary: Vocabulary) -> Sequences:
    """Return the codes of sequences of tokens; refuse an empty one."""
    codes, lengths = vocabulary.encode(sequences)
    empty = np.flatnonzero(lengths == 0)
    if len(empty):
        raise InputError(f"sequence {empty[0]} is empty: it holds no token. Leave it out.")
    values = np.zeros((len(lengths), lengths.max(initial=1)), np.int32)
    values[np.arange(values.shape[1]) < lengths[:, None]] = codes
    return Sequences(values, lengths, np.zeros_like(lengths), values.shape[1])


def sequences_of_numbers(X: Any, name: str = "X") -> Sequences:
    """Return X (samples, timesteps[, features]) as sequences, or refuse it by its name.

    NaN before and behind a sequence is no part of it.
    """
    if not issparse(X) and _array(X).ndim not in (2, 3):
        raise InputError(
            f"{name} must have shape (samples, timesteps, features) or (samples, timesteps); "
            f"got {_array(X).shape}. Reshape your data."
        )
    X = check_array(X, allow_nd=True, ensure_all_finite=False, dtype=np.float64, input_name=name)
    values = X[:, :, None] if X.ndim == 2 else X
    if not values.size:
        raise InputError(
            f"Found array with 0 feature(s) (shape={X.shape}) while a minimum of 1 is required."
        )
    _check_no_infinity(values, name)
    complete = ~np.isnan(values).any(axis=2)
    starts = complete.argmax(axis=1)
    ends = complete.shape[1] - complete[:, ::-1].argmax(axis=1)
    _check_padding(values, complete, starts, ends)

    lengths = ends - starts
    if complete.all():
        return Sequences(values, lengths, starts, complete.shape[1])
    # Each sequence is moved to the front.
    steps = np.arange(lengths.max())
    inside = steps < lengths[:, None]
    source = np.where(inside, starts[:, None] + steps, starts[:, None])
    moved = np.take_along_axis(values, source[:, :, None], axis=1)
    return Sequences(moved * inside[:, :, None], lengths, starts, complete.shape[1])


def _check_no_infinity(values: np.ndarray, name: str) -> None:
    """Refuse infinity."""
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        sample, step, _ = infinite[0]
        raise InputError(
            f"{name} contains infinity in sequence {sample} at timestep {step}. "
            "Replace it by a number."
        )


def _check_padding(
    values: np.ndarray, complete: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> None:
    """Refuse sequences without a timestep, and NaN elsewhere than before or behind a sequence."""
    empty = np.flatnonzero(~complete.any(axis=1))
    if len(empty) and np.isnan(values[empty]).all():
        raise InputError(f"sequence {empty[0]} is empty: all its timesteps are NaN. Leave it out.")
    steps = np.arange(complete.shape[1])
    inside = (steps >= starts[:, None]) & (steps < ends[:, None])
    # Outside, a timestep with some of its features is none either.
    missing = np.isnan(values)
    partly = missing.any(axis=2) & ~missing.all(axis=2)
    wrong = np.argwhere((inside & ~complete) | partly)
    if len(wrong):
        sample, step = wrong[0]
        raise InputError(
            f"sequence {sample} has NaN at timestep {step}: only whole timesteps before or behind "
            "a sequence may be missing. Fill it, or leave the sequence out."
        )


# --- y


@dataclass(frozen=True)
class Labels:
    """The classes, and the class of each sequence or of each timestep.

    Parameters
    ----------
    numbers : array of shape (samples,) or (samples, timesteps)
        Places in the classes; -1 where there is no label.
    classes : array of shape (classes,)
    """

    numbers: np.ndarray
    classes: np.ndarray


def labels_of(y: Any, sequences: Sequences) -> Labels:
    """Return labels (samples,) or (samples, timesteps of X), or refuse them."""
    y = label_array(y, sequences)
    missing = pd.isna(y)
    known = _plain(y[~missing])
    if not len(known):
        raise InputError("y contains NaN or None only: no sequence has a label. Pass some labels.")
    try:
        check_classification_targets(known)
    except ValueError as error:
        raise InputError(str(error)) from None
    classes, numbers = np.unique(known, return_inverse=True)
    all_numbers = np.full(y.shape, UNLABELLED)
    all_numbers[~missing] = numbers
    return Labels(all_numbers, classes)


def label_array(y: Any, sequences: Sequences) -> np.ndarray:
    """Return labels as an array (samples,) or (samples, timesteps), None or NaN where missing."""
    if y is None:
        raise InputError("LSTMClassifier requires y to be passed, but the target y is None.")
    y = _array(y)
    if y.ndim == 0 or len(y) != len(sequences):
        n = len(y) if y.ndim else 1
        raise InputError(f"y has {n} labels, X {len(sequences)} sequences. Pass one for each.")
    if y.ndim == 1 and any(isinstance(item, _SEQUENCE) for item in y):
        return _filled(y, sequences)
    if y.ndim == 2 and y.shape[1] == 1:
        return column_or_1d(y, warn=True)
    if y.ndim == 1:
        return y
    if y.ndim > 2 or y.shape[1] != sequences.timesteps:
        raise InputError(
            f"y has the shape {y.shape}; X has {len(sequences)} sequences of "
            f"{sequences.timesteps} timesteps. Pass a label for each sequence or each timestep."
        )
    _check_within(y, sequences)
    return y


def _filled(y: np.ndarray, sequences: Sequences) -> np.ndarray:
    """Return labels that are a list for each sequence as an array (samples, timesteps)."""
    filled = np.full((len(y), sequences.timesteps), None, dtype=object)
    for place, labels in enumerate(y):
        length = sequences.lengths[place]
        if not isinstance(labels, _SEQUENCE) or len(labels) != length:
            n = len(labels) if isinstance(labels, _SEQUENCE) else 1
            raise InputError(
                f"y has {n} labels for sequence {place}, which has {length} timesteps. "
                "Pass a label, None or NaN for each."
            )
        start = sequences.starts[place]
        filled[place, start : start + length] = list(labels)
    return filled


def _check_within(y: np.ndarray, sequences: Sequences) -> None:
    """Refuse labels where a sequence has no timestep."""
    outside = ~pd.isna(y)
    outside[sequences.places()] = False
    if outside.any():
        sample, step = np.argwhere(outside)[0]
        label = y[sample, step : step + 1].tolist()[0]
        raise InputError(
            f"y has the label {label!r} at timestep {step} of sequence {sample}, where X "
            "has none. Pass None or NaN there."
        )


def _plain(known: np.ndarray) -> np.ndarray:
    """Return labels as an array of one type of text or number; refuse any other."""
    if known.dtype.kind == "f" and np.isinf(known).any():
        raise InputError("y contains infinity. Pass labels that are text or finite numbers.")
    if known.dtype.kind != "O":
        return known
    kinds: dict[str, Any] = {}
    for label in known:
        kinds.setdefault(_kind(label), label)
    if len(kinds) > 1:
        one, other = list(kinds.values())[:2]
        raise InputTypeError(
            f"y holds labels of several types, such as {one!r} and {other!r}. "
            "Pass all as texts or all as numbers."
        )
    return np.array(known.tolist())


def _kind(label: Any) -> str:
    """Return what type of label this is; refuse what is neither text nor number."""
    for name, types in (("text", (str, bytes)), ("truth", (bool, np.bool_)), ("number", Number)):
        if isinstance(label, types):
            return name
    raise InputTypeError(
        f"y holds the label {label!r} of type {type(label).__name__}. Pass texts or numbers."
    )


# --- what both need


def _array(values: Any) -> Any:
    """Return values as an array, whose items are as they were."""
    if issparse(values) or isinstance(values, np.ndarray):
        return values
    if hasattr(values, "to_numpy"):
        return values.to_numpy()
    try:
        array = np.asarray(values)
    except ValueError:  # lists of unequal length
        array = np.empty(len(values), dtype=object)
        array[:] = values
    # NumPy makes texts of numbers that stand beside texts.
    return np.asarray(values, dtype=object) if array.dtype.kind in "US" else array
