"""Reliability diagrams: the shares of actuals that forecasts claim, and those that they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.evaluation.distributions import coverage
from forecast.evaluation.results import quantile_columns
from forecast.figures.axes import LEGEND_ENTRY_HEIGHT, add_title, finish_panels, panels
from forecast.figures.fans import central_intervals
from forecast.figures.styles import Styles
from forecast.wording import counted

# 95 % of a normal distribution lie within so many standard deviations.
NORMAL_95 = 1.96
# What calibrated forecasts would be, the same line in both kinds of figure.
BAND_COLORS = ("0.93", "0.82")  # of what chance allows: the wide band, the narrow one
CALIBRATED_STYLE: dict[str, Any] = {"color": "black", "linewidth": 0.8, "label": "calibrated"}


def shares_inside(part: pd.DataFrame) -> pd.Series:
    """Return coverage claimed -> share of actuals inside, for each central interval."""
    shares = {}
    for interval in central_intervals(part):
        lower = part[interval.lower]
        upper = part[interval.upper]
        share = coverage(part["actual"], lower, upper)
        shares[interval.coverage] = share
    return pd.Series(shares)


def shares_below(part: pd.DataFrame) -> pd.Series:
    """Return level -> share of actuals at or below, for each quantile."""
    # An interval without a lower end.
    lower = np.full(len(part), -np.inf)
    shares = {}
    for level, column in quantile_columns(part).items():
        share = coverage(part["actual"], lower, part[column])
        shares[level] = share
    return pd.Series(shares)


class _Claims(NamedTuple):
    """What one panel compares with the observed shares of actuals."""

    title: str
    label: str
    levels: list[float]
    shares_of: Callable[[pd.DataFrame], pd.Series]
    sentence: str  # of a single level


def _claims_of(table: pd.DataFrame) -> list[_Claims]:
    """Return what the central intervals claim, if there are any, and what the quantiles do."""
    intervals = _Claims(
        "inside the central interval",
        "coverage that the interval claims",
        [interval.coverage for interval in central_intervals(table)],
        shares_inside,
        "{claimed:g} % intervals held {held:.1f} % of actuals",
    )
    quantiles = _Claims(
        "below the quantile",
        "level of the quantile",
        list(quantile_columns(table)),
        shares_below,
        "{held:.1f} % of actuals lay below the {claimed:g} % quantile",
    )
    # Two quantiles that are the ends of an interval tell nothing beside it.
    if not intervals.levels:
        return [quantiles]
    return [intervals] if len(quantiles.levels) == 2 else [intervals, quantiles]


def draw_reliability(ax: Any, table: pd.DataFrame, styles: Styles) -> list[Axes]:
    """Draw reliability diagrams; of a single level, write sentences."""
    claims = _claims_of(table)
    axes = _reliability_panels(ax, claims, len(styles))
    for axis, claim in zip(axes, claims, strict=True):
        if len(claim.levels) == 1:
            _write_shares(axis, table, styles, claim)
        else:
            _draw_shares(axis, table, styles, claim)
    finish_panels(axes, [claim.title for claim in claims], "share of actuals")
    origins = counted(table["origin"].nunique(), "origin")
    add_title(ax, axes, f"Whether forecasts from {origins} hold what they claim")
    return axes


def _reliability_panels(ax: Any, claims: list[_Claims], n_models: int) -> list[Axes]:
    """Return axes for diagrams, which are square, and for sentences, which need their lines."""
    # In the legend stand the models, the diagonal and two bands of chance; sentences are as many.
    n_lines = n_models + 5
    n_panels = len(claims)
    if n_panels == 1 and len(claims[0].levels) == 1:
        return panels(ax, 1, row_height=LEGEND_ENTRY_HEIGHT * n_lines)
    return panels(
        ax,
        n_panels,
        columns=n_panels,
        width=4.0 + 3.5 * n_panels,
        row_height=3.2,
        legend_entries=n_lines,
    )


def _draw_shares(axis: Axes, table: pd.DataFrame, styles: Styles, claims: _Claims) -> None:
    """Draw the observed shares of each model against the nominal ones, and what chance allows."""
    for model, style in styles.items():
        shares = claims.shares_of(table[table["model"] == model])
        # A share of 0 or 1 lies on the frame: its marker is not cut there.
        axis.plot(shares.index, shares.to_numpy(), label=model, clip_on=False, zorder=3, **style)
    # On the diagonal, observed and nominal shares agree.
    axis.plot([0, 1], [0, 1], zorder=1, **CALIBRATED_STYLE)
    bands = _independent(table)
    for color, (what, n) in zip(BAND_COLORS[-len(bands) :], bands.items(), strict=True):
        _draw_band(axis, n, color, f"chance (95 %), {what}")
    axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axis.set_xlabel(claims.label)


def _write_shares(axis: Axes, table: pd.DataFrame, styles: Styles, claims: _Claims) -> None:
    """Write a sentence for each model, behind its marker, and one on what chance allows."""
    claimed = claims.levels[0]
    sentences: list[str] = []
    for model, style in styles.items():
        share = claims.shares_of(table[table["model"] == model]).iloc[0]
        held = claims.sentence.format(claimed=round(100 * claimed, 4), held=100 * share)
        axis.plot([0], [len(sentences)], clip_on=False, **style)
        # A model need not have quantiles.
        sentences.append(f"{model}: no quantiles" if np.isnan(share) else f"{model}: {held}")
    # Behind the models, a line stays free.
    sentences += ["", *_allowed_bychance(table, claimed)]
    for line, sentence in enumerate(sentences):
        axis.text(0.02, line, sentence, verticalalignment="center")
    axis.set(xlim=(0, 1), ylim=(len(sentences) - 0.5, -0.5))
    axis.set_axis_off()


def _allowed_bychance(table: pd.DataFrame, claimed: float) -> list[str]:
    """Say between which bounds the share of calibrated forecasts lies."""
    lines = ["Calibrated ones would, with 95 %, hold"]
    for what, n in _independent(table).items():
        lower, upper = 100 * chance(np.array(claimed), n)
        lines.append(f"{lower:.1f} to {upper:.1f} % if the {what} were independent")
    return lines


def _independent(table: pd.DataFrame) -> dict[str, int]:
    """Return in words and numbers how much may be independent: the origins at least.

    All actuals at most, which is the same where there is one for each origin.
    """
    origins = table.groupby("model", observed=True)["origin"]
    n_origins = int(origins.nunique().max())
    n_actuals = int(origins.size().max())
    counts = {f"{n_actuals} actuals": n_actuals}
    # The wide band comes first, and so lies below the narrow one.
    return {f"{n_origins} origins": n_origins} | counts if n_origins < n_actuals else counts


def chance(nominal: np.ndarray, n: int) -> np.ndarray:
    """Return between which bounds the share of n independent events lies with 95 %, (2, …).

    By the normal approximation.
    """
    half_width = NORMAL_95 * np.sqrt(nominal * (1 - nominal) / n)
    return np.clip([nominal - half_width, nominal + half_width], 0, 1)


def _draw_band(axis: Axes, n: int, color: str, label: str) -> None:
    """Draw the 95 % band of the share of n independent events."""
    nominal = np.linspace(0, 1, 201)
    lower, upper = chance(nominal, n)
    axis.fill_between(nominal, lower, upper, color=color, linewidth=0, label=label, zorder=0)
