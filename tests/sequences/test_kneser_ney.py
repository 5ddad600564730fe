from collections import Counter, defaultdict

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast.sequences.kneser_ney import fit_kneser_ney

BEGIN, END = 2, 3


def slow(sequences, order, lowest):
    """Return a function (context, token) -> probability, by dictionaries and recursion."""
    occurrences = Counter()
    for sequence in sequences:
        for end in range(1, len(sequence)):
            for k in range(1, min(order, end + 1) + 1):
                occurrences[tuple(sequence[end - k + 1 : end + 1])] += 1
    before = defaultdict(set)
    for gram in occurrences:
        before[gram[1:]].add(gram[0])

    def count(gram):
        if len(gram) == order or gram[0] == BEGIN:
            return occurrences[gram]
        return len(before[gram])

    of_length = defaultdict(list)
    for gram in occurrences:
        of_length[len(gram)].append(gram)

    def discounts(k):
        once, twice, thrice, four = (
            sum(count(gram) == n for gram in of_length[k]) for n in (1, 2, 3, 4)
        )
        if 0 in (once, twice, thrice, four):
            return 0.5, 1.0, 1.5
        y = once / (once + 2 * twice)
        raw = 1 - 2 * y * twice / once, 2 - 3 * y * thrice / twice, 3 - 4 * y * four / thrice
        return tuple(min(max(d, 0.05), i) for i, d in enumerate(raw, 1))

    discount_of = {k: (0.0, *discounts(k)) for k in range(1, order + 1)}

    def probability(context, token):
        below = lowest[token] if not context else probability(context[1:], token)
        grams = [gram for gram in of_length[len(context) + 1] if gram[:-1] == context]
        total = sum(count(gram) for gram in grams)
        if not total:
            return below
        taken = [discount_of[len(context) + 1][min(count(gram), 3)] for gram in grams]
        own = count((*context, token)) if (*context, token) in grams else 0
        left = own - discount_of[len(context) + 1][min(own, 3)]
        return left / total + sum(taken) / total * below

    def answer(history, token):
        return probability(tuple(history[-order + 1 :]) if order > 1 else (), token)

    return answer


def made_up(seed, n=30, tokens=4):
    """Return sequences with habits, enclosed by begin and end."""
    rng = np.random.default_rng(seed)
    habits = rng.dirichlet(np.full(tokens, 0.4), size=tokens)
    sequences = []
    for _ in range(n):
        sequence = [int(rng.integers(tokens))]
        for _ in range(rng.integers(0, 9)):
            sequence.append(int(rng.choice(tokens, p=habits[sequence[-1]])))
        sequences.append([BEGIN, *(4 + token for token in sequence), END])
    return sequences


def flat(sequences):
    return np.concatenate(sequences), np.array([len(each) for each in sequences])


def lowest(tokens=4):
    values = np.ones(4 + tokens)
    values[[0, BEGIN]] = 0
    return values / values.sum()


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("n", [1, 4, 30, 200])
def test_probabilities_are_those_of_dictionaries(order, n):
    learned, asked = made_up(0, n), made_up(1, 12)
    oracle = slow(learned, order, lowest())
    expected = [
        oracle(sequence[:step], token) if step else 1.0
        for sequence in asked
        for step, token in enumerate(sequence)
    ]
    model = fit_kneser_ney(*flat(learned), order, lowest())
    assert_allclose(model.probabilities(*flat(asked)), expected, rtol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_distributions_token_by_token_are_the_probabilities_of_whole_sequences(order):
    model = fit_kneser_ney(*flat(made_up(0)), order, lowest())
    for sequence in made_up(1, 8):
        contexts = model.read(*flat([[BEGIN]]))
        answers = [1.0]
        for token in sequence[1:]:
            answers.append(model.distribution(contexts)[0, token])
            contexts = model.advance(contexts, np.array([token]))
        assert_allclose(model.probabilities(*flat([sequence])), answers, rtol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_contexts_of_whole_sequences_are_those_token_by_token(order):
    model = fit_kneser_ney(*flat(made_up(0)), order, lowest())
    sequences = [sequence[:-1] for sequence in made_up(1, 8)]
    for row, sequence in enumerate(sequences):
        contexts = model.read(*flat([[BEGIN]]))
        for token in sequence[1:]:
            contexts = model.advance(contexts, np.array([token]))
        assert_array_equal(model.read(*flat(sequences))[row], contexts[0])


def test_distributions_sum_to_1_and_know_no_padding_and_no_beginning():
    model = fit_kneser_ney(*flat(made_up(0)), 3, lowest())
    contexts = model.read(*flat([[BEGIN]] * 5))
    for tokens in ([4, 5, 6, 7, 1], [4, 4, 1, 6, 5]):
        contexts = model.advance(contexts, np.array(tokens))
        answer = model.distribution(contexts)
        assert_allclose(answer.sum(axis=1), 1.0, rtol=1e-12)
        assert_array_equal(answer[:, [0, BEGIN]], 0.0)
        assert (np.delete(answer, [0, BEGIN], axis=1) > 0).all()


def test_a_token_that_follows_many_others_is_likelier_in_a_new_place_than_a_frequent_one():
    # "7" is frequent, but only ever after "6"; "5" is rare, and follows many others.
    sequences = [[BEGIN, 6, 7, 6, 7, 6, 7, END]] * 9
    sequences += [[BEGIN, token, 5, END] for token in (4, 8, 9, 10)]
    model = fit_kneser_ney(*flat(sequences), 2, lowest(9))
    answer = model.distribution(model.read(*flat([[BEGIN, 11]])))[0]
    assert answer[5] > answer[7]


def test_what_stands_in_another_sequence_is_no_context():
    sequences = made_up(0, 10)
    model = fit_kneser_ney(*flat(sequences), 4, lowest())
    turned = fit_kneser_ney(*flat(sequences[::-1]), 4, lowest())
    asked = flat(made_up(1, 5))
    assert_allclose(model.probabilities(*asked), turned.probabilities(*asked), rtol=1e-12)


def test_many_tokens_and_a_high_order_do_not_overflow():
    rng = np.random.default_rng(0)
    tokens = 100_000
    sequence = np.r_[BEGIN, 4 + rng.integers(0, tokens, 500), END]
    model = fit_kneser_ney(*flat([sequence]), 9, lowest(tokens))
    assert (model.probabilities(*flat([sequence]))[9:] > 0.4).all()


def test_an_order_beyond_the_longest_sequence_is_that_of_the_longest():
    learned = flat([[BEGIN, 4, 5, END], [BEGIN, 5, END]])
    asked = flat([[BEGIN, 4, 5, 6, 4, 5, 5, END]])
    model, longest = (fit_kneser_ney(*learned, order, lowest()) for order in (9, 4))
    assert_array_equal(model.probabilities(*asked), longest.probabilities(*asked))
    contexts = model.advance(model.read(*asked), np.array([4]))
    assert_array_equal(model.distribution(contexts), longest.distribution(contexts))
