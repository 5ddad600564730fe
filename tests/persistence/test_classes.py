"""The classes that files hold."""

from dataclasses import is_dataclass
from importlib import import_module

import pytest
from sklearn.base import BaseEstimator

import forecast
from forecast.persistence.classes import CLASSES


@pytest.mark.parametrize("place", CLASSES)
def test_listed_classes_are_estimators_or_values_of_their_constructors_arguments(place):
    module, _, name = place.partition(":")
    cls = getattr(import_module(module), name)
    is_value = is_dataclass(cls) or hasattr(cls, "_fields")
    assert is_value or issubclass(cls, BaseEstimator)
    assert name not in forecast.__all__  # public estimators need no line of their own
