"""The folder of a run: the forecasts table, its scores and the settings that made them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.exceptions import InputError
from forecast.files import claim, write_beside

SCHEMA = 1
FORECASTS = "forecasts.parquet"
SCORES = "scores.csv"
SETTINGS = "run.json"


def write_run(
    path: str | Path,
    force: bool,
    forecasts: pd.DataFrame,
    scores: pd.DataFrame,
    settings: dict[str, Any],
) -> Path:
    """Write the three files of a run; refuse a folder that holds one already, without `force`."""
    folder = claim(Path(path), force)
    # The settings are written last: a folder without them holds no run.
    try:
        (folder / SETTINGS).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot write into {folder}: {error.strerror or error}. Choose another folder."
        ) from None
    text = json.dumps({"schema": SCHEMA, **settings}, indent=2, default=str) + "\n"
    write_beside(folder / FORECASTS, lambda file: forecasts.to_parquet(file, index=False))
    write_beside(folder / SCORES, lambda file: scores.to_csv(file))
    write_beside(folder / SETTINGS, lambda file: file.write_text(text, encoding="utf-8"))
    return folder


def read_run(path: str | Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the forecasts table and the settings of a run; refuse a folder without one."""
    folder = Path(path)
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        forecasts = pd.read_parquet(folder / FORECASTS)
    except (OSError, ValueError):
        raise InputError(
            f"{folder} holds no run: it needs {SETTINGS} and {FORECASTS}.",
            "Give a folder that Backtest.save has written.",
            "Give a folder that forecast backtest --out has written.",
        ) from None
    schema = settings.get("schema") if isinstance(settings, dict) else None
    if schema != SCHEMA:
        raise InputError(
            f"{folder} has schema {schema!r}; this version reads {SCHEMA}. Update seqcast."
        )
    del settings["schema"]
    return forecasts, settings
