"""The classes that files hold."""

from dataclasses import is_dataclass
from importlib import import_module

import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import Lasso, Ridge
from sklearn.preprocessing import PowerTransformer

import forecast
from forecast.persistence.classes import CLASSES, is_attribute


@pytest.mark.parametrize("place", CLASSES)
def test_listed_classes_are_estimators_or_values_of_their_constructors_arguments(place):
    module, _, name = place.partition(":")
    cls = getattr(import_module(module), name)
    is_value = is_dataclass(cls) or hasattr(cls, "_fields")
    assert is_value or issubclass(cls, BaseEstimator)
    assert name not in forecast.__all__  # public estimators need no line of their own


@pytest.mark.parametrize(
    ("cls", "name", "holds"),
    [
        (Ridge, "alpha", True),
        (Ridge, "coef_", True),
        (Lasso, "l1_ratio", True),  # of ElasticNet
        (PowerTransformer, "_scaler", True),
        (Ridge, "fit", False),
        (Ridge, "_decision_function", False),
        (Ridge, "__class__", False),
        (Ridge, "extra", False),
    ],
)
def test_attributes_are_parameters_or_learned_and_hide_nothing(cls, name, holds):
    assert is_attribute(cls, name) is holds
