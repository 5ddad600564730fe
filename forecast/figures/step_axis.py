"""The axis of the steps ahead, with its ticks at seasons."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, MultipleLocator

MAX_TICKS = 8
MAX_TICKS_WITHIN = 5  # where the steps are but a season or two: parts of it are counted
FEWEST_SEASONS = 3  # from which whole seasons are counted


def format_step_axis(axis: Axes, n_steps: int, season_length: int) -> None:
    """Choose ticks and label of an x axis on which something is drawn at the steps 1 … n_steps."""
    axis.set_xlabel("step")
    axis.set_xlim(left=0.5)
    distance = tick_distance(n_steps, season_length)
    if distance is None:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    else:
        axis.xaxis.set_major_locator(MultipleLocator(distance))


def tick_distance(n_steps: int, season_length: int) -> int | None:
    """Return the steps from tick to tick: whole seasons, or equal parts of one.

    Of 96 hours the ticks are 24, 48, 72, 96, of 24 hours 6, 12, 18, 24. None where nothing is known
    of a season, or it is longer than all steps.
    """
    if n_steps <= MAX_TICKS:
        return 1
    if season_length == 1 or season_length > n_steps:
        return None
    if n_steps >= FEWEST_SEASONS * season_length:
        seasons = -(-n_steps // (MAX_TICKS * season_length))  # rounded up
        return seasons * season_length
    # The season divides itself, and has at most two ticks here.
    parts = [part for part in range(1, season_length + 1) if season_length % part == 0]
    return next(part for part in parts if n_steps // part <= MAX_TICKS_WITHIN)
