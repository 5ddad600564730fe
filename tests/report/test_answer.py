"""The answer and its numbers are those of the backtest."""

import numpy as np

from forecast import Backtest
from forecast.evaluation.verdict import judge
from forecast.report.answer import _without_parentheses, answer_of
from forecast.report.data import contents
from forecast.report.extras import Extras
from forecast.report.run import Run


def only(result, *models):
    """Return a backtest of some of the models."""
    return Backtest(result.forecasts[result.forecasts["model"].isin(models)], result.settings)


def test_the_answer_is_the_sentence_of_the_backtest(result):
    answer = answer_of(Run(result, Extras()))
    sentence = judge(result).answer
    assert sentence.startswith("ridge beat the seasonal forecast by ")
    said, rest = sentence.split(" (")
    assert answer.sentence == f"{said}."
    assert answer.evidence == [f"That is more than chance: {rest.removesuffix(').')}."]


def test_what_is_in_parentheses_stands_apart():
    assert _without_parentheses("A beat B (p = 1, of 2); more.") == [
        "A beat B; more.",
        "p = 1, of 2.",
    ]
    assert _without_parentheses("A (b); c (d).") == ["A; c (d).", "b."]
    assert _without_parentheses("A beat (B.") == ["A beat (B."]
    assert _without_parentheses("A beat B.") == ["A beat B."]


def test_the_key_figures_are_scores(result):
    figures = {each.label: each.text for each in answer_of(Run(result, Extras())).key_figures}
    scores = result.scores().loc["ridge"]
    skill = result.skill("seasonal")["ridge"]
    assert figures == {
        "Model": "ridge",
        "Mean absolute error": f"{scores['mae']:.3f}",
        "Better than seasonal by": f"{skill:.1%}",
        "Inside the 90 % interval": f"{scores['coverage']:.1%}",
    }


def test_a_single_model_has_its_error(result):
    alone = only(result, "ridge")
    mae = alone.scores()["mae"]["ridge"]
    sentence = answer_of(Run(alone, Extras())).sentence
    assert sentence == f"The mean absolute error of ridge is {mae:.3f}."


def test_without_a_naive_forecast_the_smallest_error_is_theanswer_of(result):
    renamed = result.forecasts.assign(model=result.forecasts["model"].astype(str) + "2")
    run = Run(Backtest(renamed, result.settings), Extras())
    mae = result.scores()["mae"]["ridge"]
    sentence = f"The mean absolute error of ridge2 is {mae:.3f}, the smallest of all."
    assert answer_of(run).sentence == sentence


def test_without_actuals_nothing_is_claimed(small):
    unknown = Backtest(small.forecasts.assign(actual=np.nan), small.settings)
    answer = answer_of(Run(only(unknown, "ridge"), Extras()))
    assert answer.sentence.startswith("There are no actual values yet")
    figures = [each.text for each in answer.key_figures]
    assert figures == ["ridge", "undefined", "undefined"]
    assert contents(only(unknown, "ridge"), Extras()).calibration.sentence.startswith(
        "ridge has no"
    )


def test_what_is_undefined_is_a_remark_and_no_answer(small):
    settings = {**small.settings, "scales": {"north": None}}
    answer = answer_of(Run(Backtest(only(small, "ridge").forecasts, settings), Extras()))
    assert answer.sentence.startswith("The mean absolute error of ridge is ")
    (remark,) = answer.evidence
    assert remark.endswith("so mase and rmsse are undefined: north.")
