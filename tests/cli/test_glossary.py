"""The glossary explains every model and every score, and the help shows it."""

import pytest
from shop import command

from forecast.cli.glossary import MODEL_WORDS, SCORE_WORDS, epilog
from forecast.evaluation.scoring import score_names
from forecast.presets import MODELS


def test_every_model_and_every_score_is_explained():
    assert list(MODEL_WORDS) == list(MODELS)
    assert set(SCORE_WORDS) == {*score_names(3), "seconds"}


def test_lines_are_as_narrow_as_a_terminal():
    assert max(map(len, epilog(["x"], ["models", "scores"]).splitlines())) <= 80


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("run", ["what to forecast:", "examples:", "models:", "scores:"]),
        ("backtest", ["from where to forecast, and when to learn:", "models:", "scores:"]),
        ("fit", ["the models and their settings:", "examples:", "models:"]),
        ("compare", ["examples:", "scores:"]),
        ("predict", ["how SOURCE is read", "examples:"]),
    ],
)
def test_the_help_has_groups_examples_and_words(name, headings):
    shown = command(name, "--help").out
    places = [shown.index(f"\n{heading}") for heading in headings]
    assert places == sorted(places)
