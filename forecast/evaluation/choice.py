"""Which model to go on with after a backtest: of those as good as the best, the simplest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from forecast.evaluation.ranking import compare_with
from forecast.exceptions import InputError
from forecast.wording import decimals_of, number, some_of

_COVERAGE = 0.95  # of the test that tells a model from the best
_TIE = 0.01  # by how much the error of a simpler model may be larger


class Choice(NamedTuple):
    """A model, and why it was chosen, in a sentence."""

    model: str
    reason: str


def choose(
    scores: pd.Series,
    losses: pd.DataFrame,
    overlap: int,
    simplest_first: Sequence[str] | None = None,
) -> Choice:
    """Choose the model with the smallest score, or a simpler one that is as good.

    As good is a model whose score is at most 1 % larger, and that the test does not tell apart.
    The test alone would not do: with a few dozen origins it lets models pass whose errors are
    larger by a quarter.

    Parameters
    ----------
    scores : Series
        The score of each model, named after what it is. Models without one are left out.
    losses : DataFrame of shape (n_origins, n_models)
        What the test compares.
    overlap : int
        Of the origins' horizons.
    simplest_first : sequence of str, optional
        All models, in the order of their simplicity; by default the order of the scores.
    """
    finite = scores[scores.abs() < float("inf")]
    if finite.empty:
        raise InputError(f"no model has a {scores.name} to choose by: there are no actuals.")
    best = str(finite.idxmin())
    told_apart = _told_apart(losses[list(finite.index)], best, overlap)
    as_good = finite[(finite <= finite[best] * (1 + _TIE)) & ~told_apart.fillna(False)].index
    order = list(scores.index if simplest_first is None else simplest_first)
    model = min(as_good, key=order.index)
    return Choice(model, f"{model} is chosen: {_reason(model, best, finite, told_apart)}.")


def _told_apart(losses: pd.DataFrame, best: str, overlap: int) -> pd.Series:
    """Return whether each model is worse than the best by more than chance; NA if untested.

    The p-values are not adjusted for the number of models: a simpler one has to pass its own test.
    """
    told_apart = pd.Series(pd.NA, index=losses.columns, dtype="boolean")
    told_apart[best] = False
    if len(told_apart) > 1:
        compared = compare_with(losses, best, overlap, _COVERAGE).set_index("model")
        tested = compared["p_value"].dropna()
        told_apart[tested.index] = tested < 1 - _COVERAGE
    return told_apart


def _reason(model: str, best: str, scores: pd.Series, told_apart: pd.Series) -> str:
    """Say why a model was chosen, and how sure that is."""
    decimals = decimals_of(scores)
    smallest = number(scores[best], decimals)
    name = str(scores.name).upper()
    if model != best:
        own = number(scores[model], decimals)
        return (
            f"it is simpler than {best}, and its {name} ({own} against {smallest}) is no more than "
            f"{_TIE:.0%} larger, a difference that the test does not tell from chance"
        )
    if len(scores) == 1:
        return f"it is the only model that has a {name} ({smallest})"
    rivals = [str(other) for other in scores.index[~told_apart.fillna(True)] if other != best]
    untested = told_apart.isna().all() or told_apart.drop(best).isna().all()
    if untested:
        return f"its {name} is the smallest ({smallest}), which could not be tested"
    if rivals:
        ahead = f"though no more than chance ahead of {some_of(rivals)}, each tested by itself"
        return f"its {name} is the smallest ({smallest}), {ahead}"
    return f"its {name} is the smallest ({smallest}), by more than chance"
