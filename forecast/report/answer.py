"""The first thing on the page: the answer in a sentence, and the numbers below it."""

from __future__ import annotations

from typing import NamedTuple

from forecast.report.run import Run
from forecast.report.tables import percent
from forecast.wording import decimals_of, score


class KeyFigure(NamedTuple):
    """A number that stands out: what it is, itself, and what is to be said of it."""

    label: str
    text: str
    note: str


class Answer(NamedTuple):
    """The first thing on the page: what follows from all the others."""

    sentence: str
    evidence: list[str]
    key_figures: list[KeyFigure]


def answer_of(run: Run) -> Answer:
    """Say which model, how much better than the naive forecast, and whether that is chance."""
    # The numbers in parentheses stand below the sentence, not in it.
    sentence, *evidence = _without_parentheses(run.judgement.answer or _plainly(run))
    if run.judgement.beaten and evidence:
        evidence[0] = f"That is more than chance: {evidence[0]}"
    if "reason" in run.extras.choice:
        evidence.append(str(run.extras.choice["reason"]))
    return Answer(sentence, [*evidence, *run.judgement.remarks], _key_figures(run))


def _plainly(run: Run) -> str:
    """Say what there is to say where there is no naive forecast to compare with."""
    mae = run.scores["mae"]
    if mae.isna().all():
        return "There are no actual values yet that the forecasts could be compared with."
    error = score(mae[run.shown], decimals_of(mae))
    smallest = ", the smallest of all" if len(mae) > 1 and mae[run.shown] == mae.min() else ""
    return f"The mean absolute error of {run.shown} is {error}{smallest}."


def _without_parentheses(sentence: str) -> list[str]:
    """Return a sentence without what it says in parentheses, and that as a sentence of its own."""
    before, opening, rest = sentence.partition(" (")
    inside, closing, after = rest.partition(")")
    return [before + after, f"{inside}."] if opening and closing else [sentence]


def _key_figures(run: Run) -> list[KeyFigure]:
    """Return the numbers that stand below the answer."""
    mae = run.scores["mae"]
    error = score(mae[run.shown], decimals_of(mae))
    note = "chosen" if run.shown == run.extras.choice.get("model") else "smallest error"
    found = [
        KeyFigure("Model", run.shown, note),
        KeyFigure("Mean absolute error", error, f"of {run.target}" if run.target else ""),
    ]
    reference = run.judgement.reference
    if reference not in (None, run.shown):
        skill = float(run.result.skill(str(reference))[run.shown])
        label = f"{'Better' if skill >= 0 else 'Worse'} than {reference} by"
        found.append(KeyFigure(label, f"{abs(skill):.1%}", run.judgement.verdicts[run.shown]))
    if run.intervals:
        share = percent(run.shares[run.shown][0])
        label = f"Inside the {run.intervals[0].percent} interval"
        found.append(KeyFigure(label, share.text, "of the actual values"))
    return found
