"""A run as files: the forecasts table, its scores and the settings that made them."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from forecast.evaluation.stored import StoredForecasts
from forecast.exceptions import InputError
from forecast.files import write_beside
from forecast.run_folder import FORECASTS, SCORES, SETTINGS, settled

SCHEMA = 1


def write_run(
    folder: Path,
    forecasts: pd.DataFrame | StoredForecasts,
    scores: pd.DataFrame,
    settings: dict[str, Any],
) -> None:
    """Write the three files of a run into a folder."""
    text = json.dumps({"schema": SCHEMA, **settings}, indent=2, default=str) + "\n"
    write_beside(folder / FORECASTS, partial(_write_table, forecasts))
    write_beside(folder / SCORES, lambda file: scores.to_csv(file))
    write_beside(folder / SETTINGS, lambda file: file.write_text(text, encoding="utf-8"))


def _write_table(forecasts: pd.DataFrame | StoredForecasts, path: Path) -> None:
    """Write a forecasts table, wherever it is."""
    if isinstance(forecasts, StoredForecasts):
        shutil.copyfile(forecasts.path, path)
    else:
        forecasts.to_parquet(path, index=False)


def read_run(path: str | Path) -> tuple[StoredForecasts, dict[str, Any]]:
    """Return the forecasts table and the settings of a run; refuse a folder without one."""
    folder = settled(Path(path))
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        forecasts = StoredForecasts(folder / FORECASTS)
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
