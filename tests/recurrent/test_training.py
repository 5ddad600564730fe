"""Training: what is learned, when it ends, and what is kept."""

import logging
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recurrent.cases import NETWORK, wave_samples

from forecast.exceptions import FitInterrupted
from forecast.recurrent.cells import forward
from forecast.recurrent.network import train_windows
from forecast.recurrent.objective import Objective
from forecast.recurrent.schedule import Schedule
from forecast.recurrent.trainer import Trainer
from forecast.recurrent.training import _orders
from forecast.recurrent.training import train as train_objective
from forecast.tables.windows import Slices

SCHEDULE = Schedule(2, 8, 0.003, None)
SAMPLES = wave_samples()


def flat(members):
    return np.concatenate([values.ravel() for weights in members for values in weights.values()])


def train(architecture, samples, schedule, seed, *args, loss="mse", dropout=0.0, **options):
    return train_windows(architecture, samples, loss, dropout, schedule, seed, *args, **options)


def learned(schedule=SCHEDULE, seed=0, samples=SAMPLES, **options):
    return flat(train(NETWORK, samples, schedule, seed, **options)[0])


def test_the_history_holds_the_mean_loss_of_each_epoch():
    still = replace(SCHEDULE, epochs=3, batch_size=1000, learning_rate=1e-12)
    members, history, whole = train(NETWORK, SAMPLES, still, 0)
    error = forward(NETWORK, members, SAMPLES.inputs()[0])[:, :, 0] - SAMPLES.actual()
    assert_allclose([epoch["loss"] for epoch in history], [np.mean(error**2)] * 3, rtol=1e-4)
    assert whole
    # In small batches, of which the last is not full, it is the same mean.
    history = train(NETWORK, SAMPLES, replace(still, batch_size=10), 0)[1]
    assert_allclose(history[0]["loss"], np.mean(error**2), rtol=1e-4)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 3},
        {"batch_size": 7},
        {"learning_rate": 0.05},
        {"decay": 0.1},
    ],
    ids=str,
)
def test_every_part_of_the_schedule_is_used(change):
    different = learned(replace(SCHEDULE, **change)) != learned()
    # Decay leaves weights of 0 alone, all others are changed.
    assert different.mean() > (0.7 if "decay" in change else 0.99)


@pytest.mark.parametrize("change", [{"loss": "mae"}, {"dropout": 0.3}], ids=str)
def test_loss_and_dropout_are_used(change):
    assert (learned(**change) != learned()).all()


def test_an_epoch_draws_samples_of_which_none_comes_twice():
    places = 3 * np.arange(40)
    schedule = replace(SCHEDULE, epochs=3, samples_per_epoch=30)
    drawn = list(_orders(places, schedule, 0, in_order=False))
    for order in drawn:
        assert len(set(order)) == 30
        assert set(order) <= set(places)
    assert len({tuple(order) for order in drawn}) == 3
    # More than there are make no difference.
    enough = replace(schedule, samples_per_epoch=40)
    whole = replace(schedule, samples_per_epoch=None)
    every = zip(_orders(places, enough, 0, False), _orders(places, whole, 0, False), strict=True)
    for some, all_of_them in every:
        assert_array_equal(some, all_of_them)


def test_same_seed_same_weights():
    assert_array_equal(learned(dropout=0.3), learned(dropout=0.3))
    assert (learned(dropout=0.3) != learned(dropout=0.3, seed=1)).any()


def test_members_begin_with_weights_of_their_own():
    ensemble = replace(NETWORK, members=2)
    members, _, _ = train(ensemble, SAMPLES, SCHEDULE, 0)
    assert len(members) == 2
    assert_allclose(flat(members[:1]), learned(), rtol=1e-5, atol=1e-6)
    assert np.abs(flat(members[:1]) - flat(members[1:])).max() > 0.1


def test_places_are_the_samples_that_are_learned_from():
    places = np.arange(0, len(SAMPLES), 3)
    expected = learned(samples=SAMPLES.keep(places))
    assert_allclose(learned(places=places), expected, rtol=1e-5, atol=1e-6)


def test_samples_of_no_weight_have_no_influence():
    weights = np.ones(len(SAMPLES))
    weights[[5, 30]] = 0.0
    table = SAMPLES.targets.rows.copy()
    # The targets have a table of their own, of which two runs are spoilt.
    rows = SAMPLES.targets[:].reshape(-1, 1).copy()
    starts = 2 * np.arange(len(SAMPLES))
    targets = replace(SAMPLES.targets, rows=rows, starts=starts)
    expected = learned(samples=replace(SAMPLES, targets=targets, weights=weights))
    spoilt = rows.copy()
    spoilt[[10, 11, 60, 61]] = 1e5
    targets = replace(targets, rows=spoilt)
    answer = learned(samples=replace(SAMPLES, targets=targets, weights=weights))
    assert_allclose(answer, expected, rtol=1e-5)
    assert_array_equal(SAMPLES.targets.rows, table)


def test_equal_weights_are_no_weights():
    weighted = replace(SAMPLES, weights=np.full(len(SAMPLES), 2.5))
    assert_allclose(learned(samples=weighted), learned(), rtol=1e-4, atol=1e-5)


def validation(losses):
    """Return a validation with these losses, and the weights that it is shown."""
    shown = []
    remaining = iter(losses)

    def validate(members):
        shown.append(flat(members))
        return next(remaining)

    return validate, shown


def test_patience_keeps_the_best_weights():
    validate, shown = validation([3.0, 1.0, 2.0, 1.5, 0.0])
    schedule = replace(SCHEDULE, epochs=9, patience=1)
    members, history, whole = train(NETWORK, SAMPLES, schedule, 0, validate)
    # The best, then patience + 1 without a better one.
    assert [epoch["validation_loss"] for epoch in history] == [3.0, 1.0, 2.0, 1.5]
    assert_array_equal(flat(members), shown[1])
    assert whole


def test_without_patience_all_epochs_are_run_and_the_best_kept():
    validate, shown = validation([3.0, 1.0, 2.0, 1.5])
    members, history, _ = train(NETWORK, SAMPLES, replace(SCHEDULE, epochs=4), 0, validate)
    assert len(history) == 4
    assert_array_equal(flat(members), shown[1])


def test_a_loss_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setattr(Trainer, "epoch", lambda *_: float("nan"))
    sentence = r"no longer a number in epoch 1. Lower learning_rate=0\.003"
    with pytest.raises(ValueError, match=sentence):
        learned()


def test_losses_are_logged_and_nothing_is_written(caplog, capfd):
    with caplog.at_level(logging.INFO, "forecast.recurrent.training"):
        train(NETWORK, SAMPLES, SCHEDULE, 0, lambda _: 0.25)
    first, second = [record.getMessage() for record in caplog.records]
    assert first.startswith("epoch 1/2 loss ")
    assert second.endswith("validation_loss 0.25")
    assert capfd.readouterr() == ("", "")


# Any objective


@dataclass(frozen=True)
class RunningSum(Objective):
    """Predict a number by a weight times all numbers before it: a state that is carried."""

    shapes = {"weight": (1,)}  # noqa: RUF012

    def initial_weights(self, rng):
        del rng
        return {"weight": np.ones(1, np.float32)}

    def state(self, samples):
        return (np.zeros(samples, np.float32),)

    def losses(self, weights, parts, state, draws):
        del draws
        numbers = parts[0][:, 0, 0]
        (before,) = state
        return (weights["weight"] * before - numbers) ** 2, (before + numbers,)


def test_a_state_is_carried_through_an_epoch_in_order():
    # Two streams side by side, three batches: the rows of a batch follow those of the batch before.
    numbers = np.array([1, 5, 2, 6, 3, 7], np.float32)[:, None]
    parts = [Slices(numbers, np.arange(6), 1)]
    still = Schedule(2, 2, 1e-12, None)
    _, history, _ = train_objective(RunningSum(), parts, still, 0, in_order=True)
    # The sums before are 0, 0 | 1, 5 | 3, 11; each epoch begins with 0 again.
    errors = np.array([0 - 1, 0 - 5, 1 - 2, 5 - 6, 3 - 3, 11 - 7])
    assert_allclose([record["loss"] for record in history], [np.mean(errors**2)] * 2, rtol=1e-6)


# Ctrl-C


def interrupted(monkeypatch, at):
    """Let Ctrl-C be pressed in the epoch with this number."""
    epoch, count = Trainer.epoch, iter(range(1, 1000))

    def pressed(*args):
        if next(count) == at:
            raise KeyboardInterrupt
        return epoch(*args)

    monkeypatch.setattr(Trainer, "epoch", pressed)


def test_ctrl_c_keeps_what_was_learned_and_says_so(monkeypatch):
    interrupted(monkeypatch, 3)
    with pytest.warns(FitInterrupted, match="Ctrl-C: the training ends after 2 of 4 epochs"):
        members, history, whole = train(NETWORK, SAMPLES, replace(SCHEDULE, epochs=4), 0)
    assert len(history) == 2
    assert not whole
    assert np.isfinite(flat(members)).all()


def test_ctrl_c_keeps_the_best_weights_where_there_is_a_validation_part(monkeypatch):
    interrupted(monkeypatch, 4)
    validate, shown = validation([1.0, 3.0, 2.0])
    with pytest.warns(FitInterrupted):
        members, _, _ = train(NETWORK, SAMPLES, replace(SCHEDULE, epochs=9), 0, validate)
    assert_array_equal(flat(members), shown[0])


def test_ctrl_c_before_anything_was_learned_is_ctrl_c(monkeypatch):
    interrupted(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        learned()
