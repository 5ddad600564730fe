import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit, softmax
from scipy.stats import multivariate_normal

from forecast.sequences.mixture import Mixture, columns

COMPONENTS = 3


def answers(n, seed=0):
    return np.random.default_rng(seed).normal(0, 1.5, (n, columns(COMPONENTS)))


def test_densities_are_those_of_scipy():
    raw = answers(5)
    rng = np.random.default_rng(1)
    moves = rng.normal(size=(5, 2))
    happened = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [0, 0]])
    told = Mixture.of(raw).log_densities(moves, happened)
    for row, move, (lifted, ended), log_density in zip(raw, moves, happened, told, strict=True):
        blocks = row[:-2].reshape(6, COMPONENTS)
        density = 0.0
        for share, x, y, log_x, log_y, r in zip(softmax(blocks[0]), *blocks[1:], strict=True):
            sx, sy, r = np.exp(max(log_x, -4)), np.exp(max(log_y, -4)), 0.95 * np.tanh(r)
            covariance = [[sx**2, r * sx * sy], [r * sx * sy, sy**2]]
            density += share * multivariate_normal([x, y], covariance).pdf(move)
        lift, end = expit(row[-2:])
        density *= lift if lifted else 1 - lift
        density *= end if ended else 1 - end
        assert_allclose(log_density, np.log(density), rtol=1e-10)


def test_draws_have_the_moments_of_the_mixture():
    raw = answers(1, seed=3) / 3
    mixture = Mixture.of(np.repeat(raw, 200_000, axis=0))
    moves, happened = mixture.drawn(1.0, np.random.default_rng(0))
    shares = np.exp(mixture.log_shares[0])
    means, deviations = mixture.means[0], np.exp(mixture.log_deviations[0])
    mean = shares @ means
    assert_allclose(moves.mean(axis=0), mean, atol=0.1)
    second = shares @ (means**2 + deviations**2)
    assert_allclose((moves**2).mean(axis=0), second, rtol=0.02)
    both = mixture.correlations[0] * deviations.prod(axis=1) + means.prod(axis=1)
    assert_allclose(moves.prod(axis=1).mean(), shares @ both, rtol=0.05)
    assert_allclose(happened.mean(axis=0), expit(raw[0, -2:]), atol=0.01)


def test_at_temperature_0_all_is_as_is_likeliest():
    mixture = Mixture.of(answers(6))
    moves, happened = mixture.drawn(0, np.random.default_rng(0))
    likeliest = mixture.log_shares.argmax(axis=1)
    assert_array_equal(moves, mixture.means[np.arange(6), likeliest])
    assert_array_equal(happened, mixture.log_odds > 0)
    near, _ = mixture.drawn(1e-9, np.random.default_rng(0))
    assert_allclose(near, moves, atol=1e-3)


def test_a_lower_temperature_spreads_less():
    mixture = Mixture.of(np.repeat(answers(1), 5000, axis=0))
    spread = [
        mixture.drawn(temperature, np.random.default_rng(0))[0].std() for temperature in (0.1, 1.0)
    ]
    assert spread[0] < spread[1]
