"""From JSON to values: each kind of value is read by a line of `decode`."""

from __future__ import annotations

from inspect import signature
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from typeguard import CollectionCheckStrategy, check_type

from forecast.persistence.archive import Arrays
from forecast.persistence.classes import FORGOTTEN, find_class, is_attribute
from forecast.persistence.zones import is_zone


class UnknownError(Exception):
    """A class or a kind of value that this version does not know."""


class OutdatedError(Exception):
    """An estimator that lacks what this version has learned beside."""


def decode(value: Any, arrays: Arrays) -> Any:
    """Turn what `encode` has written back into a value; each array is the value of one place."""
    # A JSON object stands for what JSON has no form for: its first key says what it is.
    match value:
        case list():
            return [decode(item, arrays) for item in value]
        case {"class": name, "state": state}:
            return _decode_object(name, state, arrays)
        # Numbers and arrays.
        case {"float": text}:
            return float(text)
        case {"array": key}:
            return arrays.pop(key)
        case {"objects": items}:
            return _object_array(decode(items, arrays))
        # Collections, and moments of time.
        case {"tuple": items}:
            return tuple(decode(items, arrays))
        case {"dict": pairs}:
            return dict(decode(pairs, arrays))
        case {"moment": index}:
            return decode(index, arrays)[0]
        case {"datetimes": _} | {"periods": _} | {"integers": _} | {"labels": _}:
            return _decode_index(value, arrays)
        # A later version may write further kinds.
        case dict():
            raise UnknownError(f"{next(iter(value))!r:.60}")
        case _:
            return value


def _object_array(items: list[Any]) -> np.ndarray:
    """Return an array of one axis whose items may be sequences themselves."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _decode_index(value: dict[str, Any], arrays: Arrays) -> pd.Index:
    """Rebuild what `_encode_index` has written."""
    match value:
        case {"datetimes": nanoseconds, "unit": unit, "zone": zone}:
            stamps = decode(nanoseconds, arrays).view("datetime64[ns]")
            index = pd.DatetimeIndex(stamps).as_unit(unit)
            # Without a zone, the numbers are the clock's own time.
            if zone is None:
                return index
            if not is_zone(zone):
                raise ValueError(f"{zone!r:.40} is no time zone")
            return index.tz_localize("UTC").tz_convert(zone)
        case {"periods": ordinals, "freq": freq}:
            from_ordinals: Any = pd.PeriodIndex.from_ordinals  # type: ignore[attr-defined]
            return from_ordinals(decode(ordinals, arrays), freq=freq)
        case {"integers": integers}:
            return pd.Index(decode(integers, arrays))
        case {"labels": items, "dtype": dtype}:
            return pd.Index(decode(items, arrays), dtype=dtype)
        case _:  # an index of a known kind without its unit, zone, frequency or type
            raise UnknownError(repr(next(iter(value))))


def _decode_object(name: str, state: dict[str, Any], arrays: Arrays) -> Any:
    """Rebuild an estimator or a value of a class that files hold."""
    cls: Any = find_class(name)
    if cls is None:
        raise UnknownError(f"the class {name!r:.60}")
    state = state | FORGOTTEN.get(name, {})
    attributes = {key: decode(item, arrays) for key, item in state.items()}
    if not issubclass(cls, BaseEstimator):
        # Parts of today beside others: it was written in an earlier form.
        parts = signature(cls).parameters.keys()
        if attributes.keys() & parts and attributes.keys() - parts:
            raise OutdatedError(f"a {name}")
        return _checked(cls(**attributes))
    if "memory_" in attributes and not attributes.keys() >= set(cls._learned):
        raise OutdatedError(f"a {name}")
    # The constructor of an estimator takes its parameters alone; what `fit` has learned stands
    # beside them among the attributes. A parameter that has come since has its default.
    defaults = {each.name: each.default for each in signature(cls).parameters.values()}
    foreign = [key for key in attributes if not is_attribute(cls, key)]
    if foreign:
        raise ValueError(f"{name} learns no {foreign[0]!r:.40}")
    estimator = cls.__new__(cls)
    vars(estimator).update(defaults | attributes)
    return estimator


def _checked(value: Any) -> Any:
    """Return a value; refuse it where a part of it is not what the annotations of its class say."""
    for name, kind in get_type_hints(type(value)).items():
        all_items = CollectionCheckStrategy.ALL_ITEMS
        check_type(getattr(value, name), kind, collection_check_strategy=all_items)
    return value
