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


def shown(monkeypatch, stderr, quiet=False):
    monkeypatch.setattr(sys, "stderr", stderr)
    bar = Progress(Namespace(quiet=quiet))
    bar.step("naive", 1, 4)
    logging.getLogger("forecast.recurrent.training").info("epoch %d/%d: %s", 3, 3, "loss 0.5")
    return stderr.getvalue()


def test_origins_and_epochs_are_drawn(monkeypatch):
    drawn = shown(monkeypatch, Terminal())
    assert f"\rnaive      {'█' * 6}{'·' * 18} 1/4 origins, 0 s" in drawn
    assert f"\rtraining   {'█' * 24} 3/3 epochs, loss 0.5, 0 s" in drawn
    assert drawn.endswith("\n")  # a full bar stays


def test_nothing_is_drawn_into_files_or_where_quiet_is_wanted(monkeypatch):
    assert shown(monkeypatch, io.StringIO()) == ""
    assert shown(monkeypatch, Terminal(), quiet=True) == ""
