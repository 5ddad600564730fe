"""The classes that a file may hold: a closed list."""

from __future__ import annotations

from importlib import import_module
from inspect import signature
from typing import Any

from sklearn.base import BaseEstimator

# The values inside our estimators (frozen dataclasses and named tuples), then the estimators of
# scikit-learn. Public estimators of this package need no line here.
CLASSES = (
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

# What is no part of a model but of the machine: the folder of a cache, from which the next `fit`
# would read pickles.
FORGOTTEN: dict[str, dict[str, Any]] = {"Pipeline": {"memory": None}}


def find_class(name: str) -> type | None:
    """Return the class that files call `name`, importing its module alone; None for any other."""
    for place in CLASSES:
        module, _, listed = place.partition(":")
        if name == listed:
            return getattr(import_module(module), listed)
    public_modules = import_module("forecast")._PUBLIC
    if name in public_modules:
        public = getattr(import_module(public_modules[name]), name)
        if isinstance(public, type) and issubclass(public, BaseEstimator):
            return public
    return None


def is_held(cls: type) -> bool:
    """Whether files hold this very class, rather than another of its name."""
    return find_class(cls.__name__) is cls


def held_classes() -> str:
    """Say which classes files hold."""
    places = [place.partition(":") for place in CLASSES]
    theirs = [name for module, _, name in places if module.startswith("sklearn")]
    return f"Files hold the estimators of seqcast and, of scikit-learn, {', '.join(theirs)}."


def is_attribute(cls: type, name: str) -> bool:
    """Whether estimators of a class may have an attribute of this name: a parameter, or learned.

    What is learned is called coef_ or _coef, and hides no method of the class.
    """
    is_named_so = name.isidentifier() and (name.startswith("_") or name.endswith("_"))
    if is_named_so and not hasattr(cls, name):
        return True
    # Lasso, an ElasticNet, keeps a parameter of its parent beside its own.
    return any(name in signature(each).parameters for each in cls.__mro__[:-1])
