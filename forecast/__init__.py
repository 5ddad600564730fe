"""Time-series forecasting with recurrent networks that behave as scikit-learn estimators.

Public names are imported on first use, so that ``import forecast`` costs nothing. The one list of
them is ``__init__.pyi``, which type checkers and editors read as well.

Examples
--------
>>> import forecast
>>> forecast.NaiveForecaster(season_length=2).fit([1.0, 5.0, 2.0, 6.0]).predict(3)
array([2., 6., 2.])
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"


def _listed() -> dict[str, str]:
    """Read the public names and their modules from lines ``from MODULE import NAME as NAME``."""
    with open(f"{__path__[0]}/__init__.pyi", encoding="utf-8") as stub:
        lines = [line.split() for line in stub if line.startswith("from ")]
    return {name: module for _, module, _, name, _, _ in lines}


_PUBLIC = _listed()
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        value = getattr(import_module(_PUBLIC[name]), name)
        globals()[name] = value  # the next access costs nothing
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
