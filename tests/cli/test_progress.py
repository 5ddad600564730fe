"""The bar: drawn where stderr is a terminal, from the log of networks as well."""

import io
import logging
import sys
from argparse import Namespace

import pytest

from forecast.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _restored():
    """Give the log of networks back as it was."""
    log = logging.getLogger("forecast.recurrent.training")
    before = log.handlers[:], log.propagate, log.level
    yield
    log.handlers[:], log.propagate = before[:2]
    log.setLevel(before[2])


def shown(monkeypatch, stderr, quiet=False, log=False):
    monkeypatch.setattr(sys, "stderr", stderr)
    epochs = logging.getLogger("forecast.recurrent.training")
    with Progress(Namespace(quiet=quiet, log=log)) as bar:
        bar.step("naive", 1, 4)
        epochs.info("epoch %d/%d: %s", 2, 3, "loss 0.5")
        bar.step("lstm", 4, 4)
        epochs.info("epoch %d/%d: %s", 3, 3, "loss 0.4")
    return stderr.getvalue()


def test_parts_and_epochs_are_drawn(monkeypatch):
    drawn = shown(monkeypatch, Terminal())
    assert "\rnaive      ###### " in drawn
    assert " 1/4 parts, " in drawn
    assert ", epoch 2 of 3, loss 0.5" in drawn
    assert "\rlstm       ######################## 4/4 parts, 00:00 gone, 00:00 left" in drawn
    assert "\rtraining   ######################## 3/3 epochs, 00:00 gone, ? left, loss 0.4" in drawn
    assert drawn.endswith("\n")  # a full bar stays


def test_the_log_is_left_as_it_was(monkeypatch):
    epochs = logging.getLogger("forecast.recurrent.training")
    before = epochs.handlers[:], epochs.propagate, epochs.level
    shown(monkeypatch, io.StringIO(), log=True)
    assert (epochs.handlers, epochs.propagate, epochs.level) == before


def test_a_log_has_lines_where_nobody_watches(monkeypatch):
    lines = shown(monkeypatch, io.StringIO(), log=True).splitlines()
    assert lines[0] == "naive: 1 of 4 parts, 00:00 gone, ? left"
    assert lines[-1].startswith("training: 3 of 3 epochs, 00:00 gone")
    assert not any("\r" in line for line in lines)


def test_nothing_is_drawn_into_files_or_where_quiet_is_wanted(monkeypatch):
    assert shown(monkeypatch, io.StringIO()) == ""
    assert shown(monkeypatch, Terminal(), quiet=True) == ""
    assert shown(monkeypatch, io.StringIO(), quiet=True, log=True) == ""
