"""What the folder of a run may hold beside the backtest: a forecast, a choice, a profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.exceptions import InputError
from forecast.run_folder import CHOICE, FORECAST, PROFILE


@dataclass(frozen=True)
class Extras:
    """The forecast past the end as its file has it, why its model was chosen, what was read."""

    forecast: pd.DataFrame | None = None
    choice: Mapping[str, Any] = field(default_factory=dict)
    profile: Mapping[str, Any] = field(default_factory=dict)


def read_extras(folder: Path) -> Extras:
    """Read what there is; refuse what is damaged.

    Raises
    ------
    ValueError
        If a file cannot be read, or a forecast lacks its columns.
    """
    path = folder / FORECAST
    forecast = _read_forecast(path) if path.is_file() else None
    return Extras(forecast, _read_json(folder / CHOICE), _read_json(folder / PROFILE))


def _read_forecast(path: Path) -> pd.DataFrame:
    """Read a forecast: the moments as text, since those of the backtest say what they are."""
    try:
        table = pd.read_csv(path, dtype={"timestamp": str, "series": str})
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}. Write it again, or take it away.") from None
    missing = {"timestamp", "forecast"} - set(table.columns)
    if missing or table.empty:
        lack = f"has no column {min(missing)!r}" if missing else "has no row"
        raise InputError(f"{path} {lack}: write it again, or take it away.")
    return table


def _read_json(path: Path) -> Mapping[str, Any]:
    """Read an object of JSON, empty where there is no file."""
    if not path.is_file():
        return {}
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {error}. Write it again, or take it away.") from None
    if not isinstance(values, dict):
        raise InputError(f"{path} holds no JSON object: write it again, or take it away.")
    return values
