"""Saving and loading without pickle: a zip of one JSON text and one file of arrays.

What a file may hold is a closed list: numbers, texts, arrays, time indices, the public estimators
of this package, and the classes of `classes`. Whatever else is met, in saving or in loading, is
refused by name; nothing in a file can run code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

from forecast.exceptions import InputError, InputTypeError
from forecast.files import versions, write_beside
from forecast.persistence.archive import SCHEMA, WRITTEN_BY, Arrays, pack, unpack
from forecast.persistence.classes import held_classes, is_held
from forecast.persistence.decoding import OutdatedError, UnknownError, decode
from forecast.persistence.encoding import encode
from forecast.persistence.soundness import check_sound
from forecast.validation import check, integer, optional

__all__ = ["load", "save"]


def save(estimator: BaseEstimator, path: str | Path) -> Path:
    """Write an estimator of this package to a file.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. Inside a `WindowForecaster`, these scikit-learn classes can be saved too:
        Pipeline, StandardScaler, LinearRegression, Ridge, Lasso, ElasticNet, MultiOutputRegressor;
        inside a `TransformedTargetForecaster` MinMaxScaler, PowerTransformer, QuantileTransformer.
    path : str or Path
        The file; replaced if it exists.

    Returns
    -------
    Path

    Raises
    ------
    TypeError
        If the estimator, or something in it, is of a class that files do not hold.
    ValueError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from forecast import NaiveForecaster, load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save(NaiveForecaster().fit([1.0, 2.0]), folder + "/naive.seqcast")
    ...     load(file).predict(1)
    array([2.])
    """
    if not isinstance(estimator, BaseEstimator) or not is_held(type(estimator)):
        raise InputTypeError(f"{estimator!r:.100} cannot be saved. {held_classes()}")

    # The whole estimator is encoded before the file is touched: a refusal leaves no file behind.
    arrays: Arrays = {}
    document = {
        "schema": SCHEMA,
        "versions": versions(),
        "estimator": encode(estimator, arrays, "estimator"),
    }
    path = Path(path)
    write_beside(path, lambda beside: pack(beside, document, arrays))
    return path


def load(path: str | Path, *, max_bytes: int | None = None) -> Any:
    """Read an estimator from a file written by `save`.

    Parameters
    ----------
    path : str or Path
    max_bytes : int, optional
        What the file may unpack to. By default 64 MiB and a hundred times its own size, of which no
        more than 1 GiB or four times its size.

    Returns
    -------
    estimator

    Raises
    ------
    ValueError
        If the file is missing, of another kind, of a newer schema or damaged, unpacks to more, or
        names something unknown.

    Notes
    -----
    Nothing that a file says is believed: no code of it runs, no more is unpacked than it may, and a
    forecaster is handed out after it has answered.

    Examples
    --------
    >>> load("missing.seqcast")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    forecast.exceptions.InputError: missing.seqcast cannot be read: No such file or directory. ...
    """
    check(optional(integer(1)), max_bytes, "max_bytes")
    path = Path(path)
    document, arrays = unpack(path, max_bytes)
    n_numbers = sum(array.size for array in arrays.values())
    try:
        estimator = decode(document["estimator"], arrays)
        check_sound(estimator, n_numbers)
    except UnknownError as error:
        raise InputError(
            f"{path} holds {error}, which this version does not know. Update seqcast."
        ) from None
    except OutdatedError as error:
        raise InputError(
            f"{path} holds {error} of an earlier version, without all that this one needs.",
            "Fit it and save it anew.",
            "Fit it anew: forecast fit SOURCE --save FILE.",
        ) from None
    except Exception as error:  # whatever a damaged file makes of an estimator
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path} is damaged ({type(error).__name__}: {reason:.120}).",
            "Save the estimator anew.",
            "Fit it anew.",
        ) from error
    if not isinstance(estimator, BaseEstimator):
        raise InputError(f"{path} holds no estimator.", *WRITTEN_BY)
    return estimator
