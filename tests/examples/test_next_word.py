import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast import SequenceGenerator


@pytest.fixture(scope="module")
def module(example):
    return example("next_word")


def test_the_quick_run_prints_the_softmax_and_the_bits_of_each_model(module, lines, tmp_path):
    *_, softmax_of_nothing, header, grammar, vectors, one_hot, pairs = lines(module)
    assert softmax_of_nothing.startswith("the mouse saw the cat")
    assert header.split() == ["bits", "per", "sentence"]
    best = float(grammar.removeprefix("the grammar itself"))
    for line, name in (
        (vectors, "network, vectors of two"),
        (one_hot, "network, one-hot"),
        (pairs, "pairs of words"),
    ):
        assert best < float(line.removeprefix(name)) < 30
    assert (tmp_path / "next_word.png").stat().st_size > 1000


def test_what_follows_is_as_the_grammar_says(module):
    assert module.follows("")["the"] == pytest.approx(1)
    assert module.follows("the")["cat"] == pytest.approx(0.6)
    after = module.follows("the mouse saw the")
    assert_allclose([after["cat"], after["mouse"]], [0.8, 0.2])
    assert module.follows("the mouse saw the cat")["<end>"] == pytest.approx(1)


def test_the_entropy_is_the_sum_of_those_of_the_three_choices(module):
    # Each verb and object depends on the subject alone.
    def bits(p):
        return -p * np.log2(p) - (1 - p) * np.log2(1 - p)

    after_cat = bits(0.8) + bits(0.9)
    after_mouse = bits(0.9) + bits(0.8)
    assert_allclose(module.entropy(), bits(0.6) + 0.6 * after_cat + 0.4 * after_mouse)


def test_sentences_are_drawn_as_often_as_is_likely(module):
    drawn = module.drawn(20_000, seed=0)
    for sentence, p in module.probabilities().items():
        assert_allclose(drawn.count(sentence) / 20_000, p, atol=0.01)


def test_counts_of_whole_sentences_need_about_the_entropy_and_pairs_far_more(module):
    sentences = module.drawn(20_000, seed=0)
    bits = {}
    for order in (2, 6):
        counted = SequenceGenerator(tokenizer="words", order=order, epochs=0).fit(sentences)
        bits[order] = module.expected_bits(counted)
    assert_allclose(bits[6], module.entropy(), rtol=0.02)
    assert bits[2] > 2 * module.entropy()
