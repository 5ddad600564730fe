import re

import numpy as np
import pytest

LOG = ["JFK 21C 12kt clear", "LGA 9C 3kt rain", "BOS 30C 0kt fog", "MIA -2C 1kt fog"]


@pytest.fixture(scope="module")
def summary(example):
    return example("summary")


@pytest.fixture(scope="module")
def parts(summary):
    return summary.pairs(200, 100, np.random.default_rng(0))


def test_a_tiny_run_prints_scores(summary, lines):
    printed = lines(summary)[-3:]
    assert [line[:18].strip() for line in printed] == [
        "network",
        "first 3 lines",
        "commonest sentence",
    ]
    assert all(0 <= float(line.split()[-1]) <= 1 for line in printed)


def test_a_log_is_summed_up_by_hand(summary):
    assert summary.summary(LOG) == "warmest 30C at BOS and rain at LGA"
    assert summary.summary(LOG[:1]) == "warmest 21C at JFK and dry"


def test_every_sentence_is_true_of_its_log(parts):
    for log, sentence in parts[0]:
        lines = log.splitlines()
        assert 10 <= len(lines) <= 14
        warmest = max(int(celsius) for celsius in re.findall(r"(-?\d+)C", log))
        told = re.fullmatch(r"warmest (-?\d+)C at (\w+) and (dry|rain at (\w+))", sentence)
        assert int(told[1]) == warmest
        assert any(line.startswith(f"{told[2]} {warmest}C ") for line in lines)
        rainy = [line.split()[0] for line in lines if line.endswith("rain")]
        assert rainy == ([told[4]] if told[4] else [])


def test_no_log_is_judged_that_was_learned(parts):
    learned, judged = ({log for log, _ in part} for part in parts)
    assert (len(learned), len(judged)) == (200, 100)
    assert not learned & judged


def test_a_word_of_a_sentence_is_right_or_not(summary):
    expected = ["warmest 30C at BOS and dry"] * 4
    answers = ["warmest 30C at JFK and dry", "", "warmest 3C", expected[0]]
    shares = [summary._share(answers, expected, place) for place in summary.FIELDS.values()]
    assert shares == [0.5, 0.25, 0.5]
