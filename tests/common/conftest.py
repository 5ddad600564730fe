"""Every test here is run for every case, unless it says for which (`cases.for_cases`)."""

from copy import deepcopy

import pytest
from cases import CASES, fitted, table

from forecast.recurrent import network

TRAIN_WINDOWS = network.train_windows


@pytest.fixture(scope="module", autouse=True)
def _whatever_was_learned(networks_by_descent):
    """Let networks learn in NumPy: what is asked here holds whatever they have learned."""


@pytest.fixture
def trained(monkeypatch):
    """Let networks learn as they do for users, by TensorFlow."""
    monkeypatch.setattr(network, "train_windows", TRAIN_WINDOWS)


@pytest.fixture(params=CASES, scope="module")
def name(request):
    """Return the name of a case; its scope keeps the tests of a case together."""
    return request.param


@pytest.fixture
def model(name):
    """Return a copy of the fitted forecaster, free to be changed."""
    return deepcopy(fitted(name))


@pytest.fixture
def X(name):
    """Return the columns of the table that the model has learned from, and twelve rows more."""
    return table(CASES[name].columns)[0]


@pytest.fixture
def y(name):
    """Return the series that the model has learned from, and twelve rows more."""
    return table(CASES[name].columns)[1]
