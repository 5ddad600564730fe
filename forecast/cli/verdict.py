"""The scores of a backtest for people: a table, and in words whether anything beat the naive."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.results import Backtest

_NAIVE = ("naive", "seasonal")


def report(result: Backtest, scores: pd.DataFrame) -> str:
    """Write the scores of a backtest, each model's verdict, and what follows from them.

    `scores` has a row for each model, in the order given, as `Backtest.scores` returns them.
    """
    # The best model comes first; of equals, the one that was named first.
    table = scores.sort_values("mae", kind="stable")
    sentences = []
    if len(scores) > 1:
        reference = reference_among(scores["mae"])
        compared = result.compare("mae", reference).set_index("model")
        # The reference has no verdict of its own: its cell stays empty.
        verdicts = [
            _in_words(compared.loc[name]) if name in compared.index else "" for name in table.index
        ]
        table[f"against {reference}"] = verdicts
        sentences += _whether_naive_was_beaten(scores["mae"], compared, result.overlap)
    sentences += _undefined_scores(result)
    aligned = table.to_string(float_format=_three_digits, na_rep="undefined")
    return "\n\n".join([aligned, "\n".join(sentences)])


def reference_among(losses: pd.Series) -> str:
    """Choose whom to compare with: the better of the naive forecasts, else the first model."""
    naive = losses.reindex(_NAIVE).dropna()
    return str(naive.idxmin() if len(naive) else losses.index[0])


def _in_words(comparison: Any) -> str:
    """Write a model's verdict with its p-value, if there is one."""
    if math.isnan(comparison["p_holm"]):
        return str(comparison["verdict"])
    return f"{comparison['verdict']}, p = {comparison['p_holm']:.2g}"


def _three_digits(value: float) -> str:
    """Write a score so that its first three digits show."""
    is_usual = value == 0 or 0.01 <= abs(value) < 1000
    return f"{value:.3f}" if is_usual else f"{value:.3g}"


def _whether_naive_was_beaten(mae: pd.Series, compared: pd.DataFrame, overlap: int) -> list[str]:
    """Say whether anything beat the naive forecasts, and whether that is more than chance."""
    # Without a naive forecast there is nothing to beat, with nothing else nobody to beat it.
    others = mae.drop(list(_NAIVE), errors="ignore")
    if len(others) in (0, len(mae)):
        return []
    reference = compared["reference"].iloc[0]
    if mae[reference] == 0:
        return [f"The {reference} forecast is without error: there is nothing to beat."]

    # The best of those that are better by more than chance, else the best of all.
    winners = [name for name in others.index if compared["verdict"][name] == "better"]
    best = str(others[winners or others.index].idxmin())
    skill = 1 - mae[best] / mae[reference]
    test = _test_in_words(compared.loc[best], len(compared), overlap)
    words = f"MAE {_three_digits(mae[best])} against {_three_digits(mae[reference])}, {test}"

    # Four outcomes: beaten, not beaten, ahead but untested, ahead by no more than chance.
    if winners:
        return [f"{best} beat the {reference} forecast by {skill:.1%} ({words})."]
    nothing = f"Nothing beat the {reference} forecast"
    if skill <= 0:
        return [f"{nothing}: the best other, {best}, is {-skill:.1%} worse ({words})."]
    if math.isnan(compared["p_holm"][best]):
        return [f"{best} is {skill:.1%} ahead of the {reference} forecast ({words})."]
    return [f"{nothing} by more than chance: {best} is {skill:.1%} ahead ({words})."]


def _test_in_words(comparison: Any, n_comparisons: int, overlap: int) -> str:
    """Name the p-value of a comparison, or why there is none."""
    from forecast.evaluation.significance import fewest_origins

    if "few" in comparison["verdict"]:
        return f"too few origins to test it, {fewest_origins(overlap)} are needed"
    if math.isnan(comparison["p_holm"]):
        return "which cannot be tested"
    test = f"Diebold-Mariano p = {comparison['p_holm']:.2g}"
    return test if n_comparisons == 1 else f"{test}, adjusted for {n_comparisons} comparisons"


def _undefined_scores(result: Backtest) -> list[str]:
    """Name the series whose scaled errors are undefined."""
    scored = set(result.forecasts["series"])
    scales = result.settings["scales"].items()
    constant = [name for name, scale in scales if not scale and name in scored]
    if not constant:
        return []
    return [
        "Constant, or not longer than a season, before the first origin, "
        f"so mase and rmsse are undefined: {', '.join(constant)}."
    ]
