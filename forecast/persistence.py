"""Saving and loading without pickle: a zip of one JSON text and one file of arrays.

What a file may hold is a closed list: numbers, texts, arrays, time indices, the public estimators
of this package, and the classes of `_CLASSES`. Whatever else is met, in saving or in loading, is
refused by name; nothing in a file can run code.

Longer than other modules because a format is one thing: each kind of value is written by a line of
`_encode` and read by a line of `_decode`.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
import zipfile
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from forecast.exceptions import InputError, InputTypeError
from forecast.files import versions, write_beside

__all__ = ["load", "save"]

_Arrays = dict[str, np.ndarray]
_Document = dict[str, Any]

_SCHEMA = 1
_MEMBERS = {"model.json", "arrays.npz"}

# What to do with another file, in Python and at the command line.
_WRITTEN_BY = (
    "Give a file written by forecast.save.",
    "Give a file that forecast fit has written.",
)

# The values inside our estimators (frozen dataclasses and named tuples), then the estimators of
# scikit-learn. Public estimators of this package need no line here.
_CLASSES = (
    "forecast.anomaly.calibration:Calibration",
    "forecast.anomaly.explaining:Explanation",
    "forecast.anomaly.walk:Watch",
    "forecast.tables.frequency:Frequency",
    "forecast.tables.panel:Columns",
    "forecast.tables.panel:Panel",
    "forecast.tables.standardising:Scaling",
    "forecast.forecasters.sarima:Orders",
    "forecast.forecasters.past_errors:PastErrors",
    "forecast.forecasters.transformations:PowerTransformation",
    "forecast.forecasters.transformers:LearnedTransformation",
    "forecast.forecasters.recursion:Trajectories",
    "forecast.recurrent.architecture:Architecture",
    "forecast.recurrent.linear:Linear",
    "forecast.sequences.classifier_network:SequenceNetwork",
    "forecast.sequences.condition:Condition",
    "forecast.sequences.generator_network:TokenNetwork",
    "forecast.sequences.kneser_ney:Grams",
    "forecast.sequences.kneser_ney:KneserNey",
    "forecast.sequences.next_token:NextTokenModel",
    "forecast.sequences.pen:PenModel",
    "forecast.sequences.pen:PenNetwork",
    "forecast.sequences.reservoir:Reservoir",
    "forecast.sequences.reservoir:UnitBlock",
    "forecast.sequences.reservoir:UnitInputs",
    "forecast.sequences.ridge:RidgeScores",
    "forecast.sequences.seq2seq_network:Decoder",
    "forecast.sequences.seq2seq_network:Encoder",
    "forecast.sequences.seq2seq_network:EncoderDecoder",
    "forecast.sequences.seq2seq_network:Translator",
    "forecast.sequences.sides:Side",
    "sklearn.pipeline:Pipeline",
    "sklearn.preprocessing:StandardScaler",
    "sklearn.preprocessing:MinMaxScaler",
    "sklearn.preprocessing:PowerTransformer",
    "sklearn.preprocessing:QuantileTransformer",
    "sklearn.multioutput:MultiOutputRegressor",
    "sklearn.linear_model:LinearRegression",
    "sklearn.linear_model:Ridge",
    "sklearn.linear_model:Lasso",
    "sklearn.linear_model:ElasticNet",
)


class _UnknownError(Exception):
    """A class or a kind of value that this version does not know."""


class _OutdatedError(Exception):
    """An estimator that lacks what this version has learned beside."""


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
    if not isinstance(estimator, BaseEstimator) or not _is_held(type(estimator)):
        raise InputTypeError(f"{estimator!r:.100} cannot be saved. {_held_classes()}")

    # The whole estimator is encoded before the file is touched: a refusal leaves no file behind.
    arrays: _Arrays = {}
    document = {
        "schema": _SCHEMA,
        "versions": versions(),
        "estimator": _encode(estimator, arrays, "estimator"),
    }
    path = Path(path)
    write_beside(path, lambda beside: _pack(beside, document, arrays))
    return path


def load(path: str | Path) -> Any:
    """Read an estimator from a file written by `save`.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    estimator

    Raises
    ------
    ValueError
        If the file is missing, of another kind or of a newer schema, or names something unknown.

    Examples
    --------
    >>> load("missing.seqcast")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    forecast.exceptions.InputError: missing.seqcast cannot be read: No such file or directory. ...
    """
    path = Path(path)
    document, arrays = _open(path)
    schema = document["schema"]
    if schema != _SCHEMA:
        raise InputError(
            f"{path} has schema {schema!r}; this version reads {_SCHEMA}.",
            "Update seqcast, or save it anew.",
            "Update seqcast, or fit it anew.",
        )
    try:
        estimator = _decode(document["estimator"], arrays)
    except _UnknownError as error:
        raise InputError(
            f"{path} holds {error}, which this version does not know. Update seqcast."
        ) from None
    except _OutdatedError as error:
        raise InputError(
            f"{path} holds {error} of an earlier version, without all that this one needs.",
            "Fit it and save it anew.",
            "Fit it anew: forecast fit SOURCE --save FILE.",
        ) from None
    except Exception as error:  # whatever a damaged file makes a constructor say
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path} is damaged ({type(error).__name__}: {reason}).",
            "Save the estimator anew.",
            "Fit it anew.",
        ) from None
    if not isinstance(estimator, BaseEstimator):
        raise InputError(f"{path} holds no estimator.", *_WRITTEN_BY)
    return estimator


# --- the archive


def _pack(path: Path, document: _Document, arrays: _Arrays) -> None:
    """Write the text and the arrays into one zip."""
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.json", json.dumps(document, indent=1, allow_nan=False))
        archive.writestr("arrays.npz", packed.getvalue())


def _unpack(path: Path) -> tuple[_Document, _Arrays]:
    """Return the text and the arrays of a file; refuse any other member."""
    with zipfile.ZipFile(path) as archive:
        foreign = set(archive.namelist()) - _MEMBERS
        if foreign:
            raise _UnknownError(repr(min(foreign)))
        document = json.loads(archive.read("model.json"))
        if "schema" not in document:
            raise _UnknownError("no schema")
        packed = io.BytesIO(archive.read("arrays.npz"))
    with np.load(packed, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return document, arrays


def _open(path: Path) -> tuple[_Document, _Arrays]:
    """Unpack a file; say in one sentence why another one is none of ours."""
    try:
        return _unpack(path)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path} cannot be read: {reason}.", *_WRITTEN_BY) from None
    except _UnknownError as error:
        raise InputError(f"{path} is not a seqcast file: it holds {error}.", *_WRITTEN_BY) from None
    except Exception:  # whatever a foreign or damaged file makes the readers say
        raise InputError(f"{path} is not a seqcast file, or damaged.", *_WRITTEN_BY) from None


# --- the classes that a file may hold


def _find_class(name: str) -> type | None:
    """Return the class that files call `name`, importing its module alone; None for any other."""
    for place in _CLASSES:
        module, _, listed = place.partition(":")
        if name == listed:
            return getattr(import_module(module), listed)
    public_modules = import_module("forecast")._PUBLIC
    if name in public_modules:
        public = getattr(import_module(public_modules[name]), name)
        if isinstance(public, type) and issubclass(public, BaseEstimator):
            return public
    return None


def _is_held(cls: type) -> bool:
    """Whether files hold this very class, rather than another of its name."""
    return _find_class(cls.__name__) is cls


def _held_classes() -> str:
    """Say which classes files hold."""
    places = [place.partition(":") for place in _CLASSES]
    theirs = [name for module, _, name in places if module.startswith("sklearn")]
    return f"Files hold the estimators of seqcast and, of scikit-learn, {', '.join(theirs)}."


# --- from values to JSON


def _encode(value: Any, arrays: _Arrays, where: str) -> Any:
    """Turn a value into JSON; arrays go into `arrays` under a number."""
    if isinstance(value, np.generic):
        value = value.item()
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            # JSON knows neither NaN nor infinity.
            return value if math.isfinite(value) else {"float": repr(value)}
        case np.ndarray():
            return _encode_array(value, arrays, where)
        case pd.Index():
            return _encode_index(value, arrays, where)
        case pd.Timestamp() | pd.Period():
            # An index of one moment keeps its resolution, its time zone or its frequency.
            return {"moment": _encode_index(pd.Index([value]), arrays, where)}
        case list():
            return _encode_items(value, arrays, where)
        case tuple() if not hasattr(value, "_fields"):
            return {"tuple": _encode_items(value, arrays, where)}
        case dict():
            # Pairs, since the keys of a JSON object can only be texts.
            return {"dict": _encode_items(map(list, value.items()), arrays, where)}
        case _:
            return _encode_object(value, arrays, where)


def _encode_items(items: Any, arrays: _Arrays, where: str) -> list[Any]:
    """Encode each of several values."""
    return [_encode(item, arrays, where) for item in items]


def _encode_array(value: np.ndarray, arrays: _Arrays, where: str) -> Any:
    """Put an array of numbers or texts among the arrays, and spell out one of objects."""
    if value.dtype.kind == "O" and value.ndim == 1:
        return {"objects": _encode_items(value.tolist(), arrays, where)}
    if value.dtype.kind not in "biufU":
        raise InputTypeError(f"{where} is an array of {value.dtype}, which a file does not hold.")
    key = f"a{len(arrays)}"
    arrays[key] = value
    return {"array": key}


def _encode_index(value: pd.Index, arrays: _Arrays, where: str) -> Any:
    """Encode moments as whole numbers with their unit and zone or frequency, and names as texts."""
    # The whole numbers of timestamps count from 1970 in UTC, whatever their zone.
    if isinstance(value, pd.DatetimeIndex):
        nanoseconds = value.as_unit("ns").asi8
        zone = None if value.tz is None else str(value.tz)
        return {
            "datetimes": _encode_array(nanoseconds, arrays, where),
            "zone": zone,
            "unit": value.unit,
        }
    # Those of periods count in their own frequency.
    if isinstance(value, pd.PeriodIndex):
        return {"periods": _encode_array(value.asi8, arrays, where), "freq": value.freqstr}
    # A range and an index of integers come back as the same index of integers.
    if pd.api.types.is_integer_dtype(value.dtype):
        integers = value.to_numpy(dtype=np.int64)
        return {"integers": _encode_array(integers, arrays, where)}
    # The names of series and columns: texts, or objects of any kind that files hold.
    if value.nlevels == 1 and pd.api.types.is_string_dtype(value.dtype):
        labels = _encode_items(value.tolist(), arrays, where)
        return {"labels": labels, "dtype": str(value.dtype)}
    raise InputTypeError(f"{where} is an index of {value.dtype}, which a file does not hold.")


def _encode_object(value: Any, arrays: _Arrays, where: str) -> Any:
    """Encode an estimator by all its attributes, a value by the arguments of its constructor."""
    cls = type(value)
    if not _is_held(cls):
        raise InputTypeError(
            f"{where} is of class {cls.__module__}.{cls.__name__}, which a file does not hold. "
            f"{_held_classes()}"
        )
    if isinstance(value, BaseEstimator):
        state = vars(value)
    elif dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.init]
        state = {name: getattr(value, name) for name in names}
    else:
        state = value._asdict()  # a named tuple
    encoded = {name: _encode(item, arrays, f"{where}.{name}") for name, item in state.items()}
    return {"class": cls.__name__, "state": encoded}


# --- from JSON to values


def _decode(value: Any, arrays: _Arrays) -> Any:
    """Turn what `_encode` has written back into a value."""
    # A JSON object stands for what JSON has no form for: its first key says what it is.
    match value:
        case list():
            return [_decode(item, arrays) for item in value]
        case {"class": name, "state": state}:
            return _decode_object(name, state, arrays)
        # Numbers and arrays.
        case {"float": text}:
            return float(text)
        case {"array": key}:
            return arrays[key]
        case {"objects": items}:
            return _object_array(_decode(items, arrays))
        # Collections, and moments of time.
        case {"tuple": items}:
            return tuple(_decode(items, arrays))
        case {"dict": pairs}:
            return dict(_decode(pairs, arrays))
        case {"moment": index}:
            return _decode(index, arrays)[0]
        case {"datetimes": _} | {"periods": _} | {"integers": _} | {"labels": _}:
            return _decode_index(value, arrays)
        # A later version may write further kinds.
        case dict():
            raise _UnknownError(repr(next(iter(value))))
        case _:
            return value


def _object_array(items: list[Any]) -> np.ndarray:
    """Return an array of one axis whose items may be sequences themselves."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _decode_index(value: dict[str, Any], arrays: _Arrays) -> pd.Index:
    """Rebuild what `_encode_index` has written."""
    match value:
        case {"datetimes": nanoseconds, "unit": unit, "zone": zone}:
            stamps = _decode(nanoseconds, arrays).view("datetime64[ns]")
            index = pd.DatetimeIndex(stamps).as_unit(unit)
            # Without a zone, the numbers are the clock's own time.
            if zone is None:
                return index
            return index.tz_localize("UTC").tz_convert(zone)
        case {"periods": ordinals, "freq": freq}:
            # Period takes Python's integers, not NumPy's.
            numbers = _decode(ordinals, arrays).tolist()
            periods = [pd.Period(ordinal=number, freq=freq) for number in numbers]
            return pd.PeriodIndex(periods, freq=freq)
        case {"integers": integers}:
            return pd.Index(_decode(integers, arrays))
        case {"labels": items, "dtype": dtype}:
            return pd.Index(_decode(items, arrays), dtype=dtype)
        case _:  # an index of a known kind without its unit, zone, frequency or type
            raise _UnknownError(repr(next(iter(value))))


def _decode_object(name: str, state: dict[str, Any], arrays: _Arrays) -> Any:
    """Rebuild an estimator or a value of a class that files hold."""
    cls: Any = _find_class(name)
    if cls is None:
        raise _UnknownError(f"the class {name!r}")
    attributes = {key: _decode(item, arrays) for key, item in state.items()}
    if not issubclass(cls, BaseEstimator):
        # Parts of today beside others: it was written in an earlier form.
        parts = signature(cls).parameters.keys()
        if attributes.keys() & parts and attributes.keys() - parts:
            raise _OutdatedError(f"a {name}")
        return cls(**attributes)
    if "memory_" in attributes and not attributes.keys() >= set(cls._learned):
        raise _OutdatedError(f"a {name}")
    # The constructor of an estimator takes its parameters alone; what `fit` has learned stands
    # beside them among the attributes. A parameter that has come since has its default.
    defaults = {each.name: each.default for each in signature(cls).parameters.values()}
    estimator = cls.__new__(cls)
    vars(estimator).update(defaults | attributes)
    return estimator
