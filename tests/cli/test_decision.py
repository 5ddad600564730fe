"""What a backtest decides is kept in the folder of a run, and read again."""

import argparse
import json
from pathlib import Path

import pytest
from shop import write_run

from forecast import Backtest, NaiveForecaster
from forecast.cli.decision import Decision, decide, decision_of, write_decision

ARGS = argparse.Namespace(choose="overall", coverage=None)


@pytest.fixture
def result():
    write_run({"naive": NaiveForecaster(), "seasonal": NaiveForecaster(7)})
    return Backtest.load("run")


def test_a_decision_comes_back_as_it_was_written(result):
    decision = decide(result, argparse.Namespace(choose="per-series", coverage=0.8))
    assert decision.series == {"sales": "seasonal"}
    assert decision.coverage == 0.8
    write_decision(decision, Path("run"))
    assert decision_of(Path("run"), result, ARGS) == decision


def test_without_a_choice_on_file_the_scores_decide(result):
    decision = decision_of(Path("run"), result, ARGS)
    assert decision == Decision(*result.choose(), coverage=0.9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no choice that forecast run has written"),
        ("[]", "is no choice that forecast run has written"),
        ('{"winner": "naive"}', "is no choice that forecast run has written"),
        (json.dumps(Decision("lstn", "")._asdict()), "names 'lstn', which is no model"),
        (json.dumps(Decision("naive", "", {"a": "x"})._asdict()), "names 'x'"),
    ],
)
def test_a_damaged_choice_is_refused_and_removing_it_heals(result, text, words):
    path = Path("run/choice.json")
    path.write_text(text)
    with pytest.raises(ValueError, match=words):
        decision_of(Path("run"), result, ARGS)
    path.unlink()
    assert decision_of(Path("run"), result, ARGS).model == "seasonal"
