"""Types of arguments: what they read, and how they refuse."""

import argparse
import json
import pickle

import pytest
from shop import command

from forecast.cli.arguments import (
    Address,
    count,
    coverage,
    coverages,
    model,
    model_or_best,
    models,
    names,
    numbers,
    quantiles,
    size,
)


def test_a_list_may_have_blanks_and_empty_parts():
    assert names(" drift ,naive,,a b,") == ["drift", "naive", "a b"]
    assert names("") == []


def test_numbers_keep_their_order():
    assert numbers("0.9,.5, 0.1") == [0.9, 0.5, 0.1]
    with pytest.raises(argparse.ArgumentTypeError, match=r"'low' is no list of numbers"):
        numbers("low")


def test_quantiles_in_another_order_are_refused_not_sorted():
    assert quantiles("0.1,0.9") == [0.1, 0.9]
    with pytest.raises(argparse.ArgumentTypeError, match=r"ascend: got '0.9,0.1', write 0.1,0.9"):
        quantiles("0.9,0.1")


def test_a_coverage_in_percent_is_refused_with_the_share():
    assert coverage("0.9") == 0.9
    for read in (coverage, coverages):
        with pytest.raises(argparse.ArgumentTypeError, match=r"got 90, write 0.9"):
            read("90")


def test_coverages_have_no_order():
    assert coverages("0.8,0.5,0.8") == [0.5, 0.8]
    with pytest.raises(argparse.ArgumentTypeError, match="names no coverage"):
        coverages("")


def test_a_list_of_models_names_each_once_and_at_least_one():
    assert models("drift, naive,drift") == ["drift", "naive"]
    for text in ("", ","):
        with pytest.raises(argparse.ArgumentTypeError, match="names no model"):
            models(text)
    with pytest.raises(argparse.ArgumentTypeError, match=r"no model 'lstn'; did you mean 'lstm'\?"):
        models("naive,lstn")


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", ""])
def test_what_is_no_count_is_refused(value):
    with pytest.raises(argparse.ArgumentTypeError, match="whole number of at least 1") as refusal:
        count(value)
    assert repr(value) in str(refusal.value)
    assert count("3") == 3


@pytest.mark.parametrize(
    "flag", ["--horizon", "--origins", "--step", "--lookback", "--season-length"]
)
def test_options_that_count_are_refused_by_name(flag):
    ran = command("backtest", "sales.csv", flag, "0")
    assert ran.code == 2
    assert ran.err == (
        f"forecast backtest: argument {flag}: '0' is no whole number of at least 1. "
        "See 'forecast backtest --help'.\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "backtest weather --out",
        "fit weather --save",
        "fit --from",
        "predict sales.seqcast --out",
        "predict",
        "plot sales.seqcast -o",
        "report",
        "datasets weather --export",
        "monitor",
    ],
)
def test_an_empty_path_is_refused_wherever_a_path_is_an_argument(line):
    ran = command(*line.split(), "")
    assert ran.code == 2
    assert "the path is empty: name a file or a folder. See" in ran.err


def test_best_is_a_model_of_fit_alone():
    assert model_or_best("best") == "best"
    with pytest.raises(argparse.ArgumentTypeError, match="'bst'; did you mean 'best'"):
        model_or_best("bst")
    with pytest.raises(argparse.ArgumentTypeError, match="no model 'best'"):
        model("best")


def test_an_address_is_shown_without_its_password_and_kept_whole():
    whole = "postgresql://me:secret@host/shop"
    source = pickle.loads(pickle.dumps(Address(whole)))
    assert f"{source} {source!r} {json.dumps(source)}".count("secret") == 0
    assert source.whole == whole
    assert Address("sales.csv") == Address("sales.csv").whole == "sales.csv"


@pytest.mark.parametrize(
    ("text", "n_bytes"), [("20", 20), ("500MB", 5e8), ("1.5 gb", 1.5e9), ("2k", 2000)]
)
def test_a_size_may_have_a_unit(text, n_bytes):
    assert size(text) == n_bytes


@pytest.mark.parametrize("text", ["", "0", "-1", "x", "1e9", "MB", "9" * 400])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is no number of bytes such as 500MB"):
        size(text)
