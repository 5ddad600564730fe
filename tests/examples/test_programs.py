import re

import numpy as np
import pytest

ROWS = ("network", "most similar program")


@pytest.fixture(scope="module")
def programs(example):
    return example("programs")


@pytest.fixture(scope="module")
def parts(programs):
    return programs.pairs(300, 100, np.random.default_rng(0))


def test_a_tiny_run_prints_scores(programs, lines):
    printed = lines(programs)[-2:]
    assert [line[:20].strip() for line in printed] == list(ROWS)
    assert all(0 <= float(line.split()[-1]) <= 1 for line in printed)


def test_what_programs_print_is_what_their_numbers_say(programs, parts):
    for program, printed in parts[0]:
        a, b, *rest = map(int, re.findall(r"\d+", program))
        kind = programs.kind_of(program)
        if kind == "loop":
            b *= rest[0]
        if kind == "three terms":
            b -= rest[0]
        assert printed == str(a + b)
    assert {programs.kind_of(program) for program, _ in parts[0]} == set(programs.KINDS)


def test_no_program_is_judged_that_was_learned(parts):
    learned, judged = ({program for program, _ in part} for part in parts)
    assert (len(learned), len(judged)) == (300, 100)
    assert not learned & judged


def test_pieces_give_the_program_back(programs, parts):
    assert all("".join(programs.pieces(program)) == program for program, _ in parts[0])


def test_the_most_similar_program_answers(programs):
    learned = ["print(1+2)", "x=5;x+=6;print(x)"]
    assert programs.nearest(learned, ["3", "11"], ["x=5;x+=7;print(x)"]) == ["11"]
