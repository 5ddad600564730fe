"""The scores of a backtest for people: a table, and in words whether anything beat the naive."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.results import Backtest

_NAIVE = ("naive", "seasonal")
_LEVEL, _POWER = 0.05, 0.8
_FEWEST_KNOWN = 10  # origins, from which the size of a statistic says something


def report(result: Backtest, scores: pd.DataFrame, refusals: Mapping[str, str]) -> str:
    """Write the scores of a backtest, each model's verdict, and what follows from them.

    `scores` has a row for each model, in the order given, as `Backtest.scores` returns them, and
    perhaps its seconds; `refusals` are the sentences of the models that refused the table.
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
        sentences += _whether_naive_was_beaten(scores["mae"], compared, result)
    sentences += _undefined_scores(result)
    written = _without_blanks(table.apply(_written).to_string())
    width = max(map(len, [str(table.index.name), *table.index, *refusals]))
    rows = [f"{name:{width}} refused: {sentence}" for name, sentence in refusals.items()]
    parts = ["\n".join([written, *rows]), "\n".join(sentences)]
    return "\n\n".join(part for part in parts if part)


def apart(result: Backtest, by: str) -> str:
    """Write the mean absolute error of each model on each series, step or origin, and the best."""
    scores = result.scores(by)["mae"]
    # Unstacking sorts the models: they come in the order given. Without actuals there is no error.
    errors = scores.unstack("model")[list(scores.index.unique("model"))].dropna(how="all")
    # What is small in one series may be large in another: each row has its own notation.
    written = errors.apply(lambda row: row.map(partial(_number, decimals=decimals_of(row))), axis=1)
    # A series that ends early is scored by fewer forecasts than the others.
    rows = result.forecasts.drop_duplicates(["series", "origin", "step"])
    written["scored"] = rows[by].value_counts().reindex(errors.index)
    written["best"] = errors.idxmin(axis=1)
    wins = written["best"].value_counts().reindex(errors.columns, fill_value=0)
    counts = ", ".join(f"{name} {n}" for name, n in wins.sort_values(ascending=False).items())
    table = _without_blanks(written.rename_axis(None, axis=1).to_string())
    return f"mae by {by}, with the forecasts scored\n{table}\n\nhow often each is best: {counts}"


def reference_among(losses: pd.Series) -> str:
    """Choose whom to compare with: the better of the naive forecasts, else the first model."""
    naive = losses.reindex(_NAIVE).dropna()
    return str(naive.idxmin() if len(naive) else losses.index[0])


def _in_words(comparison: Any) -> str:
    """Write a model's verdict with its p-value, if there is one."""
    if math.isnan(comparison["p_holm"]):
        return str(comparison["verdict"])
    return f"{comparison['verdict']}, p = {comparison['p_holm']:.2g}"


def _without_blanks(text: str) -> str:
    """Return a table without blanks at the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.splitlines())


def _written(column: pd.Series) -> pd.Series:
    """Write the numbers of a column in one notation: three digits of the typical one show."""
    if column.dtype.kind != "f":
        return column
    if column.name == "seconds":
        return column.map("{:.1f}".format)
    decimals = decimals_of(column)
    return column.map(partial(_number, decimals=decimals))


def _number(value: float, decimals: int) -> str:
    """Write a score that may be undefined."""
    return "undefined" if math.isnan(value) else number(value, decimals)


def decimals_of(values: pd.Series) -> int:
    """Return how many decimals numbers need so that three digits of the typical one show."""
    sizes = values.abs()
    sizes = sizes[(sizes > 0) & (sizes < math.inf)]
    if not len(sizes):
        return 3
    needed = 2 - math.floor(math.log10(sizes.median()))
    # Below a thousand there are three decimals, as people are used to.
    return max(0, needed if sizes.max() >= 1000 else max(3, needed))


def number(value: float, decimals: int) -> str:
    """Write a number as people do, thousands apart."""
    return f"{value:,.{decimals}f}".replace(",", " ")


def _whether_naive_was_beaten(
    mae: pd.Series, compared: pd.DataFrame, result: Backtest
) -> list[str]:
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
    test = _test_in_words(compared.loc[best], len(compared), result.overlap)
    decimals = decimals_of(mae)
    ours, theirs = (number(mae[name], decimals) for name in (best, reference))
    words = f"MAE {ours} against {theirs}, {test}"

    # Four outcomes: beaten, not beaten, ahead but untested, ahead by no more than chance.
    if winners:
        return [f"{best} beat the {reference} forecast by {skill:.1%} ({words})."]
    nothing = f"Nothing beat the {reference} forecast"
    if skill <= 0:
        return [f"{nothing}: the best other, {best}, is {-skill:.1%} worse ({words})."]
    if math.isnan(compared["p_holm"][best]):
        return [f"{best} is {skill:.1%} ahead of the {reference} forecast ({words})."]
    ahead = f"{nothing} by more than chance: {best} is {skill:.1%} ahead ({words})"
    origins = result.forecasts["origin"].nunique()
    if origins < _FEWEST_KNOWN:
        return [f"{ahead}."]
    enough = origins_to_tell(origins, compared["statistic"][best], len(compared))
    return [f"{ahead}; a difference like this one shows from about {enough} origins on."]


def origins_to_tell(origins: int, statistic: float, n_comparisons: int) -> str:
    """Return how many origins a difference needs to show in four of five backtests, two digits.

    The statistic, which grows with the root of their number, must be on average as large as two
    quantiles of the normal distribution together: that of the level, shared by the comparisons,
    and that of the power.
    """
    normal = NormalDist()
    told = normal.inv_cdf(1 - _LEVEL / 2 / n_comparisons) + normal.inv_cdf(_POWER)
    needed = origins * (told / abs(statistic)) ** 2
    return number(float(f"{needed:.1e}"), 0)


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
