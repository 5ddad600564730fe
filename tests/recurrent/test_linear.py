"""The linear part of the recurrent forecaster: the choice of penalties, and its answers."""

import numpy as np
from numpy.testing import assert_allclose
from recurrent.ridge_cases import ARCHITECTURES, LOOKBACK, OUTPUTS, PLAIN, samples_of, table_of

from forecast.recurrent.linear import Linear
from forecast.recurrent.normal_equations import NormalEquations
from forecast.recurrent.samples import Samples
from forecast.tables.windows import Slices


@ARCHITECTURES
def test_an_answer_is_the_naive_one_and_what_the_regressors_add(a):
    samples, other = samples_of(a), samples_of(a, 9, seed=3)
    part = Linear.learn(a, [samples], [[[(0.1, False)], [(1.0, False), (10.0, False)]]])
    equations, inputs = NormalEquations.of(a, samples), LOOKBACK * 2 + 1
    full, half = np.arange(inputs), np.arange(inputs - 1 - LOOKBACK, inputs)
    solutions = [
        equations.solve(0.1, full),
        equations.solve(1.0, half),
        equations.solve(10.0, half),
    ]
    kernel, known = (
        sum(w * s[k] for w, s in zip((0.5, 0.25, 0.25), solutions, strict=True)) for k in (0, 1)
    )
    tables, values = table_of(a, other)
    naive_part = other.actual().T - values
    expected = naive_part + np.einsum(
        "hsi,hi->hs", tables, np.concatenate([kernel.T, known], axis=1)
    )
    windows, ahead, _ = other.inputs()
    answer = part.answer(a, np.zeros(len(other), dtype=int), windows, ahead)
    assert_allclose(answer, expected.T, rtol=1e-4, atol=1e-4)


def test_what_does_nearly_as_well_as_the_best_is_chosen():
    earlier, latest = samples_of(PLAIN, 60), samples_of(PLAIN, 40, seed=5)
    choices = Linear.choose(PLAIN, [earlier], [latest]).choices
    equations, test = NormalEquations.of(PLAIN, earlier), NormalEquations.of(PLAIN, latest)
    rows = np.arange(LOOKBACK * 2 + 1)
    losses = {10.0**k: test.loss(*equations.solve(10.0**k, rows)) for k in range(-4, 7)}
    wanted = [(p, False) for p, loss in losses.items() if loss <= 1.05 * min(losses.values())]
    assert 0 < len(wanted) < len(losses)
    assert choices[0][0] == wanted


def test_targets_that_are_alike_share_and_unlike_ones_do_not():
    few, many = samples_of(PLAIN, 25), samples_of(PLAIN, 400, seed=1)
    alike = Linear.choose(PLAIN, [few, many], [samples_of(PLAIN, 200, seed=2)] * 2).choices
    assert not any(own for _, own in alike[0][0])  # 25 samples teach less than those of both
    other = samples_of(PLAIN, 200, seed=3, factor=-1.0), samples_of(PLAIN, 200, seed=4, factor=-1.0)
    unlike = Linear.choose(
        PLAIN, [other[0], many], [other[1], samples_of(PLAIN, 200, seed=2)]
    ).choices
    assert all(own for _, own in unlike[0][0])


def test_without_a_validation_part_a_middling_penalty_is_taken():
    part = Linear.choose(PLAIN, [samples_of(PLAIN)], None)
    assert part.choices == [[[(0.1, False)], [(0.1, False)]]]


def test_constant_windows_are_answered_with_their_constant():
    rows = np.zeros((30, 2), dtype=np.float32)
    starts = np.arange(30 - LOOKBACK - OUTPUTS + 1)
    targets = Slices(rows[:, :1].copy(), starts + LOOKBACK, OUTPUTS)
    samples = Samples((Slices(rows, starts, LOOKBACK),), targets)
    part = Linear.learn(PLAIN, [samples], [[[(1e-4, False)], [(1e-4, False)]]])
    assert_allclose(
        part.answer(PLAIN, np.zeros(2, dtype=int), np.full((2, LOOKBACK, 2), 7.0), None), 7.0
    )
