"""Processes change no score, and an address says of which cluster it is."""

import pandas as pd
from shop import SMALL, command

from forecast import Backtest

REFITTED = ("--models", "naive,seasonal", *SMALL, "--refit", "always", "--quiet")


def test_processes_and_a_log_change_no_score():
    alone = command("backtest", "sales.csv", *REFITTED, "--format", "csv", "--out", "a")
    shared = command("backtest", "sales.csv", *REFITTED[:-1], "--jobs", "2", "--log", "--out", "b")
    assert shared.code == 0, shared.err
    assert " parts, " in shared.err
    assert alone.code == 0
    tables = [Backtest.load(folder).forecasts for folder in "ab"]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_an_address_without_an_engine_is_refused(refused):
    sentence = refused("backtest", "sales.csv", "--scheduler", "tcp://a:1")
    assert "tcp://a:1 is the address of a cluster: say of which with --engine" in sentence
