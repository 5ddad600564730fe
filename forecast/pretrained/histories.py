"""Histories of many origins, gathered by their length: what is read together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from forecast.forecasters.box_cox import prefers_logarithm
from forecast.forecasters.process import filled
from forecast.pretrained.profiles import rows_of, season_profile
from forecast.tables.panel import Panel

FEWEST_ROWS = 8
_CONTEXT = 1024  # rows that are read at most, or four of the longest season
_CYCLES = 4
_LENGTHS = 16  # different numbers of rows between one and its double
_TOGETHER = 256  # series: what is computed of them stays near the processor


class Histories(NamedTuple):
    """The last values before some origins, without gaps, as many of each.

    Parameters
    ----------
    places : array of shape (n_histories,)
        Which of the origins they belong to.
    y : array of shape (n_histories, n_rows)
        What is forecast: the values, or their logarithms.
    is_log : array of bool, of shape (n_histories,)
    seasons : pair of int
        Those of which there are two cycles; 1 stands for none.
    """

    places: np.ndarray
    y: np.ndarray
    is_log: np.ndarray
    seasons: tuple[int, int]


def context_of(seasons: tuple[int, int]) -> int:
    """Return the number of rows that a forecast looks back on."""
    return max(_CONTEXT, _CYCLES * seasons[1])


def gathered(
    panel: Panel, values: np.ndarray, origins: np.ndarray, seasons: tuple[int, int]
) -> Iterator[Histories]:
    """Gather the histories of all origins that have enough rows.

    Parameters
    ----------
    panel : Panel
    values : array of shape (n_rows,)
        Of the panel's rows; NaN where there is none.
    origins : array of shape (n_origins,)
    seasons : pair of int
        The shorter one first.
    """
    lengths = _lengths(panel, values, origins, context_of(seasons))
    for n_rows in np.unique(lengths[lengths >= FEWEST_ROWS]):
        places = np.flatnonzero(lengths == n_rows)
        for first in range(0, len(places), _TOGETHER):
            block = places[first : first + _TOGETHER]
            rows = origins[block, None] + np.arange(1 - n_rows, 1)
            yield _prepared(block, values[rows], seasons)


def _lengths(panel: Panel, values: np.ndarray, origins: np.ndarray, context: int) -> np.ndarray:
    """Return the number of rows that are read before each origin; 0 where nothing is known."""
    known = np.array([-1, *np.flatnonzero(~np.isnan(values)), len(values)])
    # The first known row of each series: what stands before it is no gap.
    first = known[np.searchsorted(known, panel.bounds[:-1])][panel.series_of(origins)]
    lengths = np.clip(origins - first + 1, 0, context)
    # Nothing is known of a series of which the last value is as long ago.
    last = known[np.searchsorted(known, origins, side="right") - 1]
    lengths[origins - last >= lengths // 2] = 0
    # Nearly equal ones are made equal, so that few different ones are left.
    octave = np.floor(np.log2(np.maximum(lengths, _LENGTHS) / _LENGTHS)).astype(int)
    step = 2**octave
    return lengths // step * step


def _prepared(places: np.ndarray, y: np.ndarray, seasons: tuple[int, int]) -> Histories:
    """Fill gaps, choose seasons that are there twice, and take logarithms where they are better."""
    short, long = seasons
    n_rows = y.shape[1]
    if n_rows < 2 * long:
        long = short
    if n_rows < 2 * short:
        short = long = 1
    y = filled_by_season(y, short)
    is_log = prefers_logarithm(y, short)
    y[is_log] = np.log(y[is_log])
    return Histories(places, y, is_log, (short, long))


def filled_by_season(y: np.ndarray, season: int) -> np.ndarray:
    """Draw lines through gaps, and lay the season over them: (n_series, n_rows)."""
    y = y.copy()
    holes = np.flatnonzero(np.isnan(y).any(axis=1))
    if len(holes):
        is_hole = np.isnan(y[holes])
        lines = lines_through(y[holes])
        profile, _ = season_profile(lines, season)
        pattern = rows_of(profile, y.shape[1])
        adjusted = np.where(is_hole, np.nan, lines - pattern)
        y[holes] = np.where(is_hole, lines_through(adjusted) + pattern, y[holes])
    return y


def lines_through(y: np.ndarray) -> np.ndarray:
    """Draw straight lines through the gaps of each series; its ends go on level."""
    drawn = y.copy()
    for number in np.flatnonzero(np.isnan(y).any(axis=1)):
        drawn[number] = filled(y[number])
    return drawn
