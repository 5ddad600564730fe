"""A backtest in a notebook: the models with their verdicts, and a chart of their errors."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from forecast.evaluation.verdict import judge
from forecast.wording import counted, decimals_of, score

if TYPE_CHECKING:
    from forecast.evaluation.results import Backtest

_SCORES = ("mae", "rmse", "mase", "coverage")  # of those that there are; `scores` has all
_WIDTH, _ROW, _NAMES, _NUMBERS = 480, 18, 120, 70  # pixels of the chart


def as_html(result: Backtest) -> str:
    """Return title, table, verdict and chart of a backtest as HTML without any program."""
    ranked = result.scores().sort_values("mae", kind="stable")
    judgement = judge(result)
    table = ranked[[name for name in _SCORES if name in ranked]]
    table = table.apply(lambda column: [score(value, decimals_of(column)) for value in column])
    if judgement.reference is not None:
        verdicts = [judgement.verdicts.get(str(name), "") for name in ranked.index]
        table[f"against {judgement.reference}"] = verdicts
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in judgement.sentences)
    title = f"<p><b>{escape(_title(result))}</b></p>"
    return (
        title
        + table.rename_axis(None).to_html()
        + sentences
        + _bars(ranked["mae"], judgement.reference)
    )


def _title(result: Backtest) -> str:
    """Say what was tried."""
    settings = result.settings
    origins = counted(result.forecasts["origin"].nunique(), "origin")
    horizon = counted(int(result.forecasts["step"].max()), "step")
    return f"Backtest: {origins} × {horizon}, refit {settings.get('refit')}"


def _bars(mae: pd.Series, reference: str | None) -> str:
    """Draw the mean absolute errors as bars, and where that of the reference ends."""
    longest = mae[mae < math.inf].max()
    if not longest > 0:
        return ""
    scale = (_WIDTH - _NAMES - _NUMBERS) / longest
    decimals = decimals_of(mae)
    parts = []
    for place, (name, value) in enumerate(mae.items()):
        middle = place * _ROW + _ROW / 2
        width = 0.0 if math.isnan(value) else min(value, longest) * scale
        parts.append(
            f'<text x="{_NAMES - 6}" y="{middle + 4}" text-anchor="end">{escape(str(name))}</text>'
            f'<rect x="{_NAMES}" y="{middle - 5}" width="{width:.1f}" height="10" opacity="0.5"/>'
            f'<text x="{_WIDTH}" y="{middle + 4}" text-anchor="end">{score(value, decimals)}</text>'
        )
    height = len(mae) * _ROW
    if reference is not None and mae[reference] <= longest:
        x = _NAMES + mae[reference] * scale
        line = f'x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}"'
        parts.append(f'<line {line} stroke="currentColor" stroke-dasharray="3 3"/>')
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" '
        'aria-label="Mean absolute error of each model" fill="currentColor" font-size="12">'
        f"{''.join(parts)}</svg>"
    )
