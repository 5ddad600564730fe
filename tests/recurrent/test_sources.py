"""Where samples come from makes no difference to what is learned from them."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import NETWORK, TINY, panel, wave_samples

from forecast import LSTMForecaster, map_table
from forecast.recurrent import samples as samples_module
from forecast.recurrent import sources
from forecast.recurrent.network import train_windows
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.sources import Loaded, Streamed, padded_length, source_of
from forecast.tables import intake
from forecast.tables.windows import Slices, UnreadRows


def unread(part):
    """Return slices of the same rows, which are read when they are asked for."""
    rows = part.rows
    return replace(part, rows=UnreadRows(rows.shape, lambda numbers: rows[numbers]))


def unread_samples(samples):
    windows = tuple(unread(part) for part in samples.windows)
    return replace(samples, windows=windows, targets=unread(samples.targets))


def runs(block, number):
    """Return the samples of a block as the trainer gathers them, of the part with this number."""
    tables, starts, lengths, _ = block.resident
    places = block.order.ravel()[: block.n_samples]
    rows = starts[number].numpy()[places][:, None] + np.arange(lengths[number])
    return tables[number].numpy()[rows]


def test_blocks_hold_the_samples_in_their_order(monkeypatch):
    samples = wave_samples()
    order = np.random.default_rng(0).permutation(len(samples))
    parts = samples.parts()
    (whole,) = Loaded(parts, None).blocks(order, 8, 10)
    # Room for two batches of eight windows of four rows and targets of two.
    monkeypatch.setattr(sources, "_BLOCK", 2 * 8 * 6)
    streamed = source_of(unread_samples(samples).parts())
    assert isinstance(streamed, Streamed)
    blocks = list(streamed.blocks(order, 8, 10))
    assert [block.n_samples for block in blocks] == [16, 16, 16, len(samples) - 48]
    assert {block.order.shape for block in blocks} == {(2, 8)}
    for number, part in enumerate(parts):
        assert_array_equal(runs(whole, number), part[order])
        found = np.concatenate([runs(block, number) for block in blocks])
        assert_array_equal(found, part[order])


def test_weights_come_with_their_samples(monkeypatch):
    monkeypatch.setattr(sources, "_BLOCK", 1)
    part = unread(Slices(np.arange(9, dtype=np.float32)[:, None], np.arange(5), 2))
    blocks = Streamed([part], np.arange(5) / 10).blocks(np.array([3, 0, 4]), 2, 2)
    found = [block.resident.weights.numpy()[: block.n_samples] for block in blocks]
    assert_allclose(np.concatenate(found), [0.3, 0.0, 0.4])


@pytest.mark.parametrize("most", [None, 20])
def test_unread_rows_teach_what_rows_in_memory_teach(monkeypatch, most):
    monkeypatch.setattr(sources, "_BLOCK", 2 * 8 * 6)
    samples = wave_samples()
    schedule = Schedule(2, 8, 0.003, None, samples_per_epoch=most)
    learned = []
    for each in (samples, unread_samples(samples)):
        members, history, _ = train_windows(NETWORK, each, "mse", 0.3, schedule, 0)
        weights = [values.ravel() for values in members[0].values()]
        learned.append(np.concatenate([*weights, [epoch["loss"] for epoch in history]]))
    assert_allclose(learned[0], learned[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("n", "padded"), [(1, 1), (7, 7), (8, 8), (9, 10), (17, 20), (1000, 1024), (1025, 1280)]
)
def test_sizes_are_rounded_up_to_three_binary_digits(n, padded):
    assert padded_length(n) == padded
    assert padded <= 1.25 * n


def tables(n, columns=2):
    """Return X and y of three series of n rows, and which of them are not the last four."""
    X, y = panel(n)
    more = np.random.default_rng(0).normal(size=(len(X), columns - 2))
    X = pd.concat([X, pd.DataFrame(more, X.index).add_prefix("x")], axis=1)
    return X, y, np.arange(len(X)) % n < n - 4


def mapped_and_read(folder, X, y):
    """Return a table on disk, and the same in memory."""
    mapped = map_table(((X.loc[[key]], y.loc[[key]]) for key in "abc"), folder)
    assert mapped.is_mapped
    return mapped, replace(mapped, X=np.array(mapped.X), y=np.array(mapped.y))


def test_a_forecaster_learns_from_a_mapped_table_what_it_learns_in_memory(tmp_path):
    options = {"past_features": ["seen"], "calendar": ["hour"], "embedding": 2, "patience": 1}
    model = LSTMForecaster(6, 2, **TINY, **options, samples_per_epoch=50)
    X, y, known = tables(64)
    mapped, read = mapped_and_read(tmp_path, X[known], y[known])
    answers = []
    for table in ((mapped,), (read,), (X[known], y[known])):
        model.fit(*table)
        answers.append(model.predict_quantiles(X[~known], [0.1, 0.5, 0.9]))
    assert_allclose(answers[0], answers[1], rtol=1e-5)
    assert_array_equal(answers[1], answers[2])


def peak(model, table):
    """Return the most memory that Python holds while a forecaster learns, in bytes."""
    tracemalloc.start()
    try:
        model.fit(table)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_mapped_table_is_never_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_BLOCK", 2**15)
    monkeypatch.setattr(samples_module, "_BLOCK", 2**15)
    monkeypatch.setattr(intake, "_ROWS_CHECKED", 2**8)
    X, y, _ = tables(4000, columns=60)
    mapped, read = mapped_and_read(tmp_path, X, y)
    few = {"anchor": 1, "linear": False, "samples_per_epoch": 200}
    model = LSTMForecaster(6, 2, past_features=list(range(60)), **few, **TINY)
    # What is traced once is no part of it.
    model.fit(mapped).fit(read)
    size = read.X.nbytes
    assert peak(model, mapped) < size / 4 < peak(model, read)
