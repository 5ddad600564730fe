"""What a backtest says, in words: whether anything beat the naive forecasts by more than chance."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple

from forecast.wording import decimals_of, number

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.results import Backtest

_NAIVE = ("naive", "seasonal")
_LEVEL, _POWER = 0.05, 0.8
_MEDIUM = 0.5  # the mean of a difference in units of its spread (Cohen 1988, section 2.2)
_SMALL = 0.05  # of the error: what a drift of prices may gain, and a spread may cost
_FEWEST_KNOWN = 10  # origins, from which the size of a statistic says something


class Judgement(NamedTuple):
    """What a backtest says: of each model against a reference, and on the whole."""

    reference: str | None  # None where there is a single model
    verdicts: dict[str, str]  # none for the reference itself
    answer: str | None  # whether anything beat the naive forecasts, if there are any
    remarks: list[str]  # on scores that are undefined
    beaten: bool = False  # whether a model is better than the reference by more than chance

    @property
    def sentences(self) -> list[str]:
        """All that is said on the whole."""
        return [*([self.answer] if self.answer else []), *self.remarks]


def judge(result: Backtest) -> Judgement:
    """Compare the models of a backtest with the better naive forecast, by mean absolute error."""
    mae = result.scores()["mae"]
    if len(mae) == 1:
        return Judgement(None, {}, None, _undefined_scores(result))
    reference = reference_among(mae)
    compared = result.compare("mae", reference).set_index("model")
    verdicts = {str(name): _verdict_in_words(row) for name, row in compared.iterrows()}
    answer = _whether_naive_was_beaten(mae, compared, result)
    beaten = bool((compared["verdict"] == "better").any())
    return Judgement(reference, verdicts, answer, _undefined_scores(result), beaten)


def reference_among(losses: pd.Series) -> str:
    """Choose whom to compare with: the better of the naive forecasts, else the first model."""
    naive = losses.reindex(_NAIVE).dropna()
    return str(naive.idxmin() if len(naive) else losses.index[0])


def _verdict_in_words(comparison: Any) -> str:
    """Write a model's verdict with its p-value, if there is one."""
    if math.isnan(comparison["p_holm"]):
        return str(comparison["verdict"])
    return f"{comparison['verdict']}, p = {comparison['p_holm']:.2g}"


def _whether_naive_was_beaten(
    mae: pd.Series, compared: pd.DataFrame, result: Backtest
) -> str | None:
    """Say whether anything beat the naive forecasts, and whether that is more than chance."""
    # Without a naive forecast there is nothing to beat, with nothing else nobody to beat it.
    others = mae.drop(list(_NAIVE), errors="ignore")
    if len(others) in (0, len(mae)):
        return None
    reference = compared["reference"].iloc[0]
    if mae[reference] == 0:
        return f"The {reference} forecast is without error: there is nothing to beat."

    # The best of those that are better by more than chance, else the best of all.
    winners = [name for name in others.index if compared["verdict"][name] == "better"]
    best = str(others[winners or others.index].idxmin())
    skill = 1 - mae[best] / mae[reference]
    test = _test_in_words(compared.loc[best], len(compared))
    decimals = decimals_of(mae)
    ours, theirs = (number(mae[name], decimals) for name in (best, reference))
    words = f"MAE {ours} against {theirs}, {test}"

    # Four outcomes: beaten, not beaten, ahead but untested, ahead by no more than chance.
    if winners:
        beat = f"{best} beat the {reference} forecast by {skill:.1%} ({words})."
        if skill >= _SMALL:
            return beat
        return f"{beat} So small a gain pays only where acting on it costs less."
    nothing = f"Nothing beat the {reference} forecast"
    if compared["difference"][best] == 0:
        return f"{nothing}: the best other, {best}, says the same (MAE {ours})."
    if skill <= 0:
        return f"{nothing}: the best other, {best}, is {-skill:.1%} worse ({words})."
    if math.isnan(compared["p_holm"][best]):
        return f"{best} is {skill:.1%} ahead of the {reference} forecast ({words})."
    ahead = f"{nothing} by more than chance: {best} is {skill:.1%} ahead ({words})"
    origins = len(result.origins)
    if origins < _FEWEST_KNOWN:
        return f"{ahead}; {_usually_enough(len(compared))}."
    enough = origins_to_tell(origins, compared["statistic"][best], len(compared))
    # Of few origins the test asks for more than its normal approximation says.
    if enough <= origins:
        return f"{ahead}; some more origins may tell."
    return f"{ahead}; a difference like this one shows from about {number(enough, 0)} origins on."


def origins_to_tell(origins: int, statistic: float, n_comparisons: int) -> float:
    """Return how many origins a difference needs to show in four of five backtests, two digits.

    The statistic, which grows with the root of their number, must be on average as large as two
    quantiles of the normal distribution together: that of the level, shared by the comparisons,
    and that of the power.
    """
    normal = NormalDist()
    told = normal.inv_cdf(1 - _LEVEL / 2 / n_comparisons) + normal.inv_cdf(_POWER)
    needed = origins * (told / abs(statistic)) ** 2
    return float(f"{needed:.1e}")


def _usually_enough(n_comparisons: int) -> str:
    """Say how many origins tell a medium difference, where too few say how large this one is."""
    enough = origins_to_tell(1, _MEDIUM, n_comparisons)
    return f"about {number(enough, 0)} origins tell a difference of half its spread"


def _test_in_words(comparison: Any, n_comparisons: int) -> str:
    """Name the p-value of a comparison, or why there is none."""
    if "few" in comparison["verdict"]:
        return f"too few origins to tell, {_usually_enough(n_comparisons)}"
    if math.isnan(comparison["p_holm"]):
        return "which cannot be tested"
    test = f"Diebold-Mariano p = {comparison['p_holm']:.2g}"
    return test if n_comparisons == 1 else f"{test}, adjusted for {n_comparisons} comparisons"


def _undefined_scores(result: Backtest) -> list[str]:
    """Name the series whose scaled errors are undefined."""
    scored = set(result.series)
    scales = result.settings.get("scales", {}).items()
    constant = [name for name, scale in scales if not scale and name in scored]
    if not constant:
        return []
    return [
        "Constant, or not longer than a season, before the first origin, "
        f"so mase and rmsse are undefined: {', '.join(constant)}."
    ]
