"""Of files drawn from the product of what programs write, none is read wrong."""

import pytest
from file_judge import judge_sample

FILES = 120


@pytest.fixture(scope="module")
def verdicts():
    return {number: verdict for number, _, verdict in judge_sample(FILES)}


def test_no_file_is_read_wrong(verdicts):
    wrong = {n: verdict.reason for n, verdict in verdicts.items() if verdict.word == "wrong"}
    assert not wrong, "python tests/file_judge.py --show N shows file N"


def test_the_flags_of_a_refusal_do_not_damage(verdicts):
    damaged = {n: verdict.again for n, verdict in verdicts.items() if verdict.healed == "wrong"}
    assert not damaged


def test_nearly_all_files_are_read_once_the_refusal_is_answered(verdicts):
    right = [verdict for verdict in verdicts.values() if "right" in (verdict.word, verdict.healed)]
    assert len(right) >= 0.97 * FILES
