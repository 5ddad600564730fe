"""Of hostile files and options none is read wrong, and each is refused in one short sentence."""

import os

import pytest
from texts import judge_sample

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
COUNT = 40


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # its threads are idle
def test_no_hostile_file_does_harm():
    verdicts = judge_sample(COUNT, seed=1, commands=20)
    faults = [
        (n, verdict.kind, verdict.reason) for n, verdict in verdicts if verdict.word == "fault"
    ]
    assert not faults, "python tests/fuzz/texts.py --seed 1 --show N shows file N"
