import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sequences.seq2seq_cases import FEATURES, FORMS, TARGETS, network_of, sources, targets

from forecast.sequences.decoding import beam
from forecast.sequences.seq2seq_network import Translator, part_of


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_does_not_depend_on_those_beside_it(form):
    translator = Translator(*network_of(*form))
    source, target = sources(form[2]), targets(form[3])
    together = translator.losses(source, target)
    for n, loss in enumerate(together):
        alone = translator.losses(source.keep([n]), target.keep([n]))
        assert_allclose(alone, [loss], rtol=1e-12)


def test_the_probabilities_of_all_tokens_sum_to_1():
    translator = Translator(*network_of(*FORMS[0]))
    _, _, log_p = translator.begin(sources(True))
    assert log_p.shape == (5, TARGETS)
    assert_array_equal(np.isneginf(log_p).all(axis=0).nonzero()[0], [0, 1, 2])
    # Only the unknown token is lacking.
    p = np.exp(log_p).sum(axis=1)
    assert ((p > 0.5) & (p < 1)).all()
    source, target = sources(True), targets(True, [3] * 5)
    told = []
    for token in [1, 3, *range(4, TARGETS)]:
        target.values[:, 1] = token
        told.append(translator.log_probabilities(source, target.values)[:, 0])
    assert_allclose(np.exp(told).sum(axis=0), 1.0)


@pytest.mark.parametrize("form", FORMS[:3])
def test_step_by_step_is_as_likely_as_all_at_once(form):
    translator = Translator(*network_of(*form))
    source = sources(form[2])
    step, state, log_p = translator.begin(source)
    tokens, found = beam(step, state, log_p, end=3, longest=6, width=3)
    # The step at which the last runs have ended is left out.
    ends = np.full((5, min(1, 6 - tokens.shape[2])), 3)
    for run in range(3):
        target = np.column_stack([np.full(5, 2), tokens[:, run], ends])
        # What fills a run behind its end is nothing.
        ended = np.cumsum(target == 3, axis=1) - (target == 3) > 0
        target[ended] = 0
        log_p = translator.log_probabilities(source, target).sum(axis=1)
        assert_allclose(found[:, run], log_p, rtol=1e-10)


def test_a_further_layer_begins_with_states_of_its_own():
    network, weights = network_of("lstm", 2, True, True)
    decoder = part_of(weights, "decoder")
    last = np.ones((1, 8))
    states = network.decoder.start(decoder, last)
    first = np.tanh(last @ decoder["start_kernel"] + decoder["start_bias"])
    assert_allclose(np.concatenate([states[0], states[2]], axis=1), first)
    assert not states[1].any()
    assert not states[3].any()


def test_numbers_end_where_the_network_says_so():
    network, weights = network_of("gru", 1, False, False)
    # The log-odds of the end, a column of their own, lie around 0.
    weights["decoder_head_bias"][-1] = 0
    weights["decoder_head_kernel"][:, -1] *= 3
    translator = Translator(network, weights)
    source = sources(False)
    values, lengths = translator.numbers(source, longest=6)
    before = np.concatenate([np.zeros((5, 1, FEATURES)), values[:, :-1]], axis=1)
    answer = translator.answers(source, before)
    assert_allclose(answer[:, :, :-1], values)
    for row, length in zip(answer[:, :, -1], lengths, strict=True):
        ends = np.flatnonzero(row > 0)
        assert length == (ends[0] + 1 if len(ends) else 6)
    assert len(set(lengths)) > 1


def test_attention_of_each_step_sums_to_1_within_the_source():
    translator = Translator(*network_of(*FORMS[1]))
    source, target = sources(True), targets(True)
    weights = translator.attention(source, target.values[:, :-1])
    assert weights.shape == (5, 10, 9)
    assert_allclose(weights.sum(axis=2), 1.0)
    assert not weights[2, :, 1:].any()
