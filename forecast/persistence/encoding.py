"""From values to JSON: each kind of value is written by a line of `encode`."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from forecast.exceptions import InputTypeError
from forecast.persistence.archive import KINDS, Arrays
from forecast.persistence.classes import FORGOTTEN, held_classes, is_attribute, is_held
from forecast.persistence.zones import is_zone


def encode(value: Any, arrays: Arrays, where: str) -> Any:
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


def _encode_items(items: Any, arrays: Arrays, where: str) -> list[Any]:
    """Encode each of several values."""
    return [encode(item, arrays, where) for item in items]


def _encode_array(value: np.ndarray, arrays: Arrays, where: str) -> Any:
    """Put an array of numbers or texts among the arrays, and spell out one of objects."""
    if value.dtype.kind == "O" and value.ndim == 1:
        return {"objects": _encode_items(value.tolist(), arrays, where)}
    if value.dtype.kind not in KINDS:
        raise InputTypeError(f"{where} is an array of {value.dtype}, which a file does not hold.")
    key = f"a{len(arrays)}"
    arrays[key] = value
    return {"array": key, "dtype": value.dtype.str, "shape": list(value.shape)}


def _encode_index(value: pd.Index, arrays: Arrays, where: str) -> Any:
    """Encode moments as whole numbers with their unit and zone or frequency, and names as texts."""
    # The whole numbers of timestamps count from 1970 in UTC, whatever their zone.
    if isinstance(value, pd.DatetimeIndex):
        nanoseconds = value.as_unit("ns").asi8
        zone = None if value.tz is None else str(value.tz)
        if zone is not None and not is_zone(zone):
            raise InputTypeError(
                f"{where} is in the time zone {zone}, which a file does not hold: "
                "convert the moments to an IANA zone with tz_convert."
            )
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


def _encode_object(value: Any, arrays: Arrays, where: str) -> Any:
    """Encode an estimator by all its attributes, a value by the arguments of its constructor."""
    cls = type(value)
    if not is_held(cls):
        raise InputTypeError(
            f"{where} is of class {cls.__module__}.{cls.__name__}, which a file does not hold. "
            f"{held_classes()}"
        )
    if isinstance(value, BaseEstimator):
        state = vars(value) | FORGOTTEN.get(cls.__name__, {})
        foreign = [name for name in state if not is_attribute(cls, name)]
        if foreign:
            raise InputTypeError(
                f"{where}.{foreign[0]} is neither a parameter nor what fit learns: a file does not "
                "hold it. Delete it."
            )
    elif dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.init]
        state = {name: getattr(value, name) for name in names}
    else:
        state = value._asdict()  # a named tuple
    encoded = {name: encode(item, arrays, f"{where}.{name}") for name, item in state.items()}
    return {"class": cls.__name__, "state": encoded}
