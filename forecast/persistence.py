"""Saving and loading without pickle: a zip of one JSON text and one file of arrays.

What a file may hold is a closed list: numbers, texts, arrays, time indices, and estimators of the
classes named here. Whatever else is met, in saving or in loading, is refused by name; nothing in a
file can run code.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from forecast.files import versions, write_beside

__all__ = ["load", "save"]

_SCHEMA = 2
_READ = (1, 2)
_MEMBERS = {"model.json", "arrays.npz"}
_CLASSES = {
    "SlidingWindow": "forecast.tables.windows",
    "NaiveForecaster": "forecast.forecasters.naive",
    "ARIMAForecaster": "forecast.forecasters.arima",
    "AutoARIMAForecaster": "forecast.forecasters.arima",
    "ETSForecaster": "forecast.forecasters.exponential",
    "ThetaForecaster": "forecast.forecasters.exponential",
    "Naive2Forecaster": "forecast.forecasters.exponential",
    "HARForecaster": "forecast.forecasters.volatility",
    "GARCHForecaster": "forecast.forecasters.volatility",
    "EnsembleForecaster": "forecast.forecasters.ensemble",
    "ConformalForecaster": "forecast.forecasters.conformal",
    "WindowForecaster": "forecast.forecasters.windowed",
    "LSTMRegressor": "forecast.recurrent.regressor",
    "LSTMForecaster": "forecast.recurrent.forecaster",
    "Architecture": "forecast.recurrent.cells",
    "Linear": "forecast.recurrent.linear",
    "Panel": "forecast.tables.panel",
    "Columns": "forecast.tables.panel",
    "Frequency": "forecast.tables.frequency",
    "Pipeline": "sklearn.pipeline",
    "StandardScaler": "sklearn.preprocessing",
    "MultiOutputRegressor": "sklearn.multioutput",
    "LinearRegression": "sklearn.linear_model",
    "Ridge": "sklearn.linear_model",
    "Lasso": "sklearn.linear_model",
    "ElasticNet": "sklearn.linear_model",
}


def save(estimator: BaseEstimator, path: str | Path) -> Path:
    """Write an estimator of this package to a file.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. Inside a `WindowForecaster`, these scikit-learn classes can be saved too:
        Pipeline, StandardScaler, LinearRegression, Ridge, Lasso, ElasticNet, MultiOutputRegressor.
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
    path = Path(path)
    arrays: dict[str, np.ndarray] = {}
    if not isinstance(estimator, BaseEstimator) or not _is_known(type(estimator)):
        raise TypeError(
            f"{estimator!r:.100} cannot be saved; the classes that can are {', '.join(_CLASSES)}."
        )
    document = {
        "schema": _SCHEMA,
        "versions": versions(),
        "estimator": _encode(estimator, arrays, "estimator"),
    }

    def write(beside: Path) -> None:
        packed = io.BytesIO()
        np.savez_compressed(packed, allow_pickle=False, **arrays)
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("model.json", json.dumps(document, indent=1, allow_nan=False))
            archive.writestr("arrays.npz", packed.getvalue())

    write_beside(path, write)
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
    >>> load("missing.seqcast")
    Traceback (most recent call last):
    ValueError: missing.seqcast cannot be read: No such file or directory. Give a file written by
    forecast.save.
    """
    path = Path(path)
    try:
        document, arrays = _unpack(path)
        schema = document["schema"]
    except OSError as error:
        raise ValueError(
            f"{path} cannot be read: {error.strerror or error}. Give a file written by forecast.save."
        ) from None
    except _UnknownError as error:
        raise ValueError(
            f"{path} is not a seqcast file: it holds {error}. Give a file written by forecast.save."
        ) from None
    except Exception:  # whatever a foreign or damaged file makes the readers say
        raise ValueError(
            f"{path} is not a seqcast file, or damaged. Give a file written by forecast.save."
        ) from None
    if schema not in _READ:
        raise ValueError(
            f"{path} has schema {schema!r}; this version reads {' and '.join(map(str, _READ))}. Update seqcast, or "
            "save it anew."
        )
    try:
        estimator = _decode(document["estimator"], arrays)
    except _UnknownError as error:
        raise ValueError(
            f"{path} holds {error}, which this version does not know. Update seqcast."
        ) from None
    except Exception as error:
        what = " ".join(str(error).split())
        raise ValueError(
            f"{path} is damaged ({type(error).__name__}: {what}). Save the estimator anew."
        ) from None
    if not isinstance(estimator, BaseEstimator):
        raise ValueError(f"{path} holds no estimator. Give a file written by forecast.save.")
    return estimator


class _UnknownError(Exception):
    """A class or a kind of value that this version does not know."""


def _unpack(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the text and the arrays of a file; refuse any other member."""
    with zipfile.ZipFile(path) as archive:
        foreign = set(archive.namelist()) - _MEMBERS
        if foreign:
            raise _UnknownError(repr(min(foreign)))
        document = json.loads(archive.read("model.json"))
        with np.load(io.BytesIO(archive.read("arrays.npz")), allow_pickle=False) as packed:
            return document, {name: packed[name] for name in packed.files}


def _is_known(cls: type) -> bool:
    return f"{cls.__module__}.".startswith(f"{_CLASSES.get(cls.__name__, '?')}.")


def _encode(value: Any, arrays: dict[str, np.ndarray], where: str) -> Any:
    """Turn a value into JSON; arrays go into `arrays` under a number."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, np.ndarray):
        return _encode_array(value, arrays, where)
    if isinstance(value, (list, tuple)):
        items = [_encode(item, arrays, where) for item in value]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, dict):
        pairs = [[_encode(k, arrays, where), _encode(v, arrays, where)] for k, v in value.items()]
        return {"dict": pairs}
    if isinstance(value, (pd.Timestamp, pd.Period)):
        return {"moment": _encode(pd.Index([value]), arrays, where)}
    if isinstance(value, pd.Index):
        return _encode_index(value, arrays, where)
    name = type(value).__name__
    if _is_known(type(value)):
        return {
            "class": name,
            "state": {k: _encode(v, arrays, f"{where}.{k}") for k, v in vars(value).items()},
        }
    raise TypeError(
        f"{where} is of class {type(value).__module__}.{name}, which a file does not hold; "
        f"the classes that it does are {', '.join(_CLASSES)}."
    )


def _encode_array(value: np.ndarray, arrays: dict[str, np.ndarray], where: str) -> Any:
    if value.dtype.kind == "O":
        return {"objects": [_encode(item, arrays, where) for item in value.tolist()]}
    if value.dtype.kind not in "biufU":
        raise TypeError(f"{where} is an array of {value.dtype}, which a file does not hold.")
    key = f"a{len(arrays)}"
    arrays[key] = value
    return {"array": key}


def _encode_index(value: pd.Index, arrays: dict[str, np.ndarray], where: str) -> Any:
    if isinstance(value, pd.DatetimeIndex):
        zone = None if value.tz is None else str(value.tz)
        return {
            "datetimes": _encode_array(value.as_unit("ns").asi8, arrays, where),
            "zone": zone,
            "unit": value.unit,
        }
    if isinstance(value, pd.PeriodIndex):
        return {"periods": _encode_array(value.asi8, arrays, where), "freq": value.freqstr}
    return {"integers": _encode_array(value.to_numpy(dtype=np.int64), arrays, where)}


def _decode(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_decode(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if "class" in value:
        return _decode_object(value, arrays)
    kind = next(iter(value))
    content = value[kind]
    readers: dict[str, Callable[[], Any]] = {
        "float": lambda: float(content),
        "array": lambda: arrays[content],
        "objects": lambda: np.array([*_decode(content, arrays), None], dtype=object)[:-1],
        "tuple": lambda: tuple(_decode(content, arrays)),
        "dict": lambda: {_decode(k, arrays): _decode(v, arrays) for k, v in content},
        "moment": lambda: _decode(content, arrays)[0],
        "datetimes": lambda: _datetimes(_decode(content, arrays), value["unit"], value["zone"]),
        "periods": lambda: _periods(_decode(content, arrays), value["freq"]),
        "integers": lambda: pd.Index(_decode(content, arrays)),
    }
    if kind not in readers:
        raise _UnknownError(repr(kind))
    return readers[kind]()


def _periods(values: np.ndarray, freq: str) -> pd.Index:
    return pd.PeriodIndex(
        [pd.Period(ordinal=value, freq=freq) for value in values.tolist()], freq=freq
    )


def _datetimes(values: np.ndarray, unit: Any, zone: str | None) -> pd.DatetimeIndex:
    index = pd.DatetimeIndex(values.view("datetime64[ns]")).as_unit(unit)
    return index if zone is None else index.tz_localize("UTC").tz_convert(zone)


def _decode_object(value: dict[str, Any], arrays: dict[str, np.ndarray]) -> Any:
    name = value["class"]
    if name not in _CLASSES:
        raise _UnknownError(f"the class {name!r}")
    cls = getattr(import_module(_CLASSES[name]), name)
    state = _upgraded(name, {key: _decode(item, arrays) for key, item in value["state"].items()})
    if not issubclass(cls, BaseEstimator):
        return cls(**state)
    made = cls.__new__(cls)
    vars(made).update(state)
    return made


def _upgraded(name: str, state: dict[str, Any]) -> dict[str, Any]:
    """Bring what older files hold to its form of today.

    Networks of schema 1 have one member, anchored at the last value or not; ARIMA had one method,
    no summary, no logarithm, and parted a state from its covariance.
    """
    if name == "AutoARIMAForecaster" and "log" not in state:
        state["log"] = False
        state |= {"floor_": np.full_like(state["aicc_"], np.nan)} if "aicc_" in state else {}
    if "state_cov_" in state:
        pairs = zip(state["state_"], state.pop("state_cov_"), strict=True)
        state["state_"] = [
            [np.append(a, P) for a, P in zip(*targets, strict=True)] for targets in pairs
        ]
    if name == "ARIMAForecaster" and "method" not in state:
        state["method"] = "exact"
        if "params_" in state:
            shape = state["params_"].shape
            trend = state["trend"] or (
                "n" if state["order"][1] + state["seasonal_order"][1] else "c"
            )
            orders = tuple(state["order"]), tuple(state["seasonal_order"]), trend
            state["orders_"] = [[orders] * shape[1] for _ in range(shape[0])]
            state["std_errors_"] = np.full(shape, np.nan)
            state |= {"aicc_": np.full(shape[:2], np.nan), "ljung_box_": np.full(shape[:2], np.nan)}
    if name == "Architecture" and "anchored" in state:
        state["anchor"] = (1,) if state.pop("anchored") else ()
    if name in ("LSTMRegressor", "LSTMForecaster") and "ensemble" not in state:
        state |= {"bidirectional": False, "ensemble": 1}
        if name == "LSTMForecaster":
            state |= {"anchor": 1, "calendar": (), "embedding": 0, "linear": False}
        if "weights_" in state:
            state["weights_"] = [state["weights_"]]
            state |= {"linear_": None} if name == "LSTMForecaster" else {}
    return state
