"""The linear part of the recurrent forecaster: moments, ridge in closed form, the choice of penalties."""

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose

from forecast.recurrent import samples as samples_module
from forecast.recurrent.cells import Architecture
from forecast.recurrent.linear import Linear, Moments
from forecast.recurrent.samples import Samples
from forecast.tables.windows import Slices

LOOKBACK, OUTPUTS = 6, 3
PLAIN = Architecture("lstm", 2, 1, LOOKBACK, 2, OUTPUTS, anchor=(1,))
KNOWING = Architecture("lstm", 2, 1, LOOKBACK, 2, OUTPUTS, anchor=(2, 3), known=(1,), further=2)
LOOSE = Architecture("lstm", 2, 1, LOOKBACK, 2, OUTPUTS)
ARCHITECTURES = pytest.mark.parametrize(
    "a", [PLAIN, KNOWING, LOOSE], ids=["plain", "knowing", "loose"]
)


def samples_of(a, n=40, seed=0, factor=1.0):
    """Return samples of a table whose target follows its own past and what is known ahead."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n + LOOKBACK + OUTPUTS, 2))
    for t in range(1, len(rows)):
        rows[t, 0] = 0.7 * factor * rows[t - 1, 0] + 0.8 * rows[t, 1] + 0.2 * rows[t, 0]
    rows = rows.astype(np.float32)
    starts = np.arange(n)
    ahead = None
    if a.ahead:
        hours = rng.normal(size=(len(rows), a.further)).astype(np.float32)
        ahead = Slices(np.concatenate([rows[:, 1:], hours], axis=1), starts + LOOKBACK, OUTPUTS)
    targets = Slices(rows[:, :1].copy(), starts + LOOKBACK, OUTPUTS)
    return Samples((Slices(rows, starts, LOOKBACK),), targets, ahead)


def table_of(a, samples, lookback=LOOKBACK):
    """Return regressors (outputs, samples, columns) and values (outputs, samples), sample after sample."""
    windows, ahead, _ = samples.inputs()
    actual = samples.actual().astype(float)
    regressors, values = np.empty((OUTPUTS, len(samples), 0)).tolist(), []
    for h in range(OUTPUTS):
        rows, targets = [], []
        for i, window in enumerate(windows.astype(float)):
            row = window[-lookback:] - (window[-1] if a.anchor else 0)
            row = [*row.ravel(), 1.0]
            if ahead is not None:
                row += [*ahead[i, h], ahead[i, h, 0] - window[-1, 1]]
            base = [naive.seasonal_naive(window[:, 0], m, OUTPUTS)[h] for m in a.anchor]
            rows.append(row)
            targets.append(actual[i, h] - (np.mean(base) if base else 0))
        regressors[h] = rows
        values.append(targets)
    return np.array(regressors), np.array(values)


@ARCHITECTURES
@pytest.mark.parametrize("lookback", [LOOKBACK, LOOKBACK // 2])
@pytest.mark.parametrize("penalty", [0.01, 3.0])
def test_the_solution_is_that_of_ridge_regression(a, lookback, penalty):
    samples = samples_of(a)
    moments = Moments.of(a, samples)
    inputs = LOOKBACK * 2 + 1
    read = np.arange(inputs - 1 - lookback * 2, inputs)
    kernel, known = moments.solve(penalty, read)
    tables, values = table_of(a, samples, lookback)
    window = 2 * lookback
    scale = penalty * (tables[0][:, :window] ** 2).sum() / window
    for h in range(OUTPUTS):
        drawn = np.full(tables.shape[2], scale)
        drawn[window] = 0  # the constant
        expected = naive.ridge(tables[h], values[h], drawn)
        assert_allclose(kernel[read, h], expected[: window + 1], rtol=1e-5, atol=1e-6)
        assert_allclose(known[h], expected[window + 1 :], rtol=1e-5, atol=1e-6)
    assert_allclose(np.delete(kernel, read, axis=0), 0)


@ARCHITECTURES
def test_the_loss_is_the_mean_squared_error_on_other_samples(a):
    rows = np.arange(LOOKBACK * 2 + 1)
    solution, other = Moments.of(a, samples_of(a)).solve(0.1, rows), samples_of(a, 30, seed=1)
    tables, values = table_of(a, other)
    error = values - np.einsum(
        "hsi,hi->hs", tables, np.concatenate([solution[0].T, solution[1]], axis=1)
    )
    assert_allclose(Moments.of(a, other).loss(*solution), np.mean(error**2), rtol=1e-5)


@ARCHITECTURES
def test_blocks_and_sums_of_parts_make_the_same_moments(a, monkeypatch):
    samples = samples_of(a)
    whole = Moments.of(a, samples)
    monkeypatch.setattr(samples_module, "_BLOCK", 500)
    assert len(list(samples.blocks())) > 3
    for moments in (
        Moments.of(a, samples),
        sum_of(a, samples.keep(slice(0, 7)), samples.keep(slice(7, None))),
    ):
        for name in Moments.__dataclass_fields__:
            assert_allclose(getattr(moments, name), getattr(whole, name), rtol=1e-6, atol=1e-6)


def sum_of(a, *parts):
    first, *others = (Moments.of(a, part) for part in parts)
    return sum(others, first)


@ARCHITECTURES
def test_an_answer_is_the_naive_one_and_what_the_regressors_add(a):
    samples, other = samples_of(a), samples_of(a, 9, seed=3)
    part = Linear.learn(a, [samples], [[[(0.1, False)], [(1.0, False), (10.0, False)]]])
    moments, inputs = Moments.of(a, samples), LOOKBACK * 2 + 1
    full, half = np.arange(inputs), np.arange(inputs - 1 - LOOKBACK, inputs)
    solutions = [moments.solve(0.1, full), moments.solve(1.0, half), moments.solve(10.0, half)]
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
    moments, test = Moments.of(PLAIN, earlier), Moments.of(PLAIN, latest)
    rows = np.arange(LOOKBACK * 2 + 1)
    losses = {10.0**k: test.loss(*moments.solve(10.0**k, rows)) for k in range(-4, 3)}
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
