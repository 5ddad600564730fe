import numpy as np
from numpy.testing import assert_allclose

from forecast import SequenceGenerator
from forecast.sequences.held_out import parted
from forecast.sequences.next_token_learning import judged, learn_next_token


def enclosed(inner, n):
    """Return n sequences in one row, made by a function of a generator."""
    rng = np.random.default_rng(0)
    each = [np.r_[2, inner(rng), 3] for _ in range(n)]
    return np.concatenate(each).astype(np.int32), np.array([len(one) for one in each])


def echo(rng):
    """Return a token, three of noise, and the first token again: no short n-gram sees it."""
    first = rng.integers(4, 7)
    return np.r_[first, rng.integers(7, 10, 3), first]


def learn(codes, lengths, **parameters):
    generator = SequenceGenerator(units=16, random_state=0, **parameters)
    return learn_next_token(generator, codes, lengths, np.zeros((len(lengths), 0)), 10)


def test_n_grams_alone_have_no_network_and_no_history():
    model, history = learn(*enclosed(echo, 20), epochs=0)
    assert model.network is None
    assert model.share == 0
    assert history == []


def test_the_network_gets_the_share_where_only_it_sees_what_matters():
    model, _ = learn(
        *enclosed(echo, 200), order=3, epochs=20, learning_rate=0.02, batch_size=16, cell="gru"
    )
    assert model.share > 0.8


def test_an_untrained_network_gets_no_share():
    repeated = enclosed(lambda _: np.r_[4, 5, 6, 7, 4, 5], 60)
    model, history = learn(*repeated, cell="simple", epochs=1, learning_rate=1e-6)
    assert model.share < 0.01
    assert len(history) == 1


def test_the_share_loses_least_on_what_is_held_out():
    codes, lengths = enclosed(echo, 60)
    known = np.zeros((60, 0))
    model, _ = learn(codes, lengths, order=2, epochs=6, learning_rate=0.02)
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    learned, held = parted(codes, lengths, 0.1, np.random.default_rng(seed))
    rival, _ = learn(learned.codes, learned.lengths, order=2, epochs=0)
    alone = judged(type(model)(None, model.network, model.weights, 1.0), held, known)
    counted = judged(rival, held, known)
    shares = np.linspace(0, 1, 1001)[:, None]
    losses = -np.log(shares * alone + (1 - shares) * counted).mean(axis=1)
    assert_allclose(model.share, shares[losses.argmin(), 0], atol=2e-3)


def test_the_network_alone_needs_no_part_to_choose_by_but_patience_does():
    codes, lengths = enclosed(echo, 30)
    model, history = learn(codes, lengths, cell="simple", order=0, epochs=2)
    assert model.share == 1
    assert "validation_loss" not in history[0]
    _, history = learn(codes, lengths, cell="simple", order=0, epochs=2, patience=0)
    assert "validation_loss" in history[0]
