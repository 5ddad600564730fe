"""Reads hostile files and judges: right, refused in one sentence, or a fault.

``python tests/fuzz/texts.py --count 20000 --seed 0`` prints a table of what became of each kind;
``--show N`` prints file N. Some files go through commands as well.
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import pandas as pd
from child import in_child
from hostile_texts import KINDS, NEVER

from forecast import read
from forecast.exceptions import Refusal
from forecast.tables.frequency import infer_frequency

LONGEST_SENTENCE = 300
MOST_SECONDS = 20
MOST_MEGABYTES = 2000
_COMMANDS = (
    "inspect {source}",
    "detect {source}",
    "backtest {source} --models naive,ridge --origins 3 --horizon 3",
    "fit {source} --model ets --save {out}",
    "run {source} --horizon 3 --models naive,theta --origins 3",
    "monitor {run} {source} --forecasts {forecasts}",
    "predict {model} {source} --horizon 3",
)


class Verdict(NamedTuple):
    """What became of a file."""

    kind: str
    word: str  # right, read (nobody knows what is right), refused or fault
    reason: str
    seconds: float
    megabytes: float


def judge(hostile, kind, path):
    """Read a file in a process of its own, and say what became of it."""
    path.write_bytes(hostile.content)
    run = in_child(_attempt, path, hostile.options, hostile.truth, seconds=MOST_SECONDS)
    return _verdict(kind, run)


def judge_command(hostile, kind, path, command):
    """Give a file to a command in a process of its own, and say what became of it."""
    path.write_bytes(hostile.content)
    run = in_child(_attempt_command, path, hostile.options, command, seconds=3 * MOST_SECONDS)
    return _verdict(f"{command.partition(' ')[0]} ({kind})", run)


def _verdict(kind, run):
    """Say what became of a process."""
    word, reason = run.answer or ("fault", run.end)
    if run.megabytes > MOST_MEGABYTES:
        word, reason = "fault", f"{run.megabytes:.0f} MB: {reason}"
    return Verdict(kind, word, reason, run.seconds, run.megabytes)


# --- one attempt


def _attempt(path, options, truth):
    """Read a file: a word and its reason."""
    try:
        frame = read(path, **options)
    except (Refusal, OSError) as error:
        sentence = error.at_command_line() if isinstance(error, Refusal) else str(error)
        return _judged(max(sentence, str(error), key=len))
    except Exception as error:  # what else can be raised is what is asked here
        return "fault", f"{type(error).__name__}: {error}"[:LONGEST_SENTENCE]
    if truth is None:
        fault = unsound(frame)
        return ("fault", fault) if fault else ("read", "")
    fault = "read, but it is no table" if truth is NEVER else _difference(frame, truth)
    return ("fault", fault) if fault else ("right", "")


def _judged(sentence):
    """Say whether a refusal is one short sentence."""
    is_said = 10 < len(sentence) <= LONGEST_SENTENCE and "\n" not in sentence
    return ("refused", sentence) if is_said else ("fault", f"{len(sentence)} signs: {sentence}")


def unsound(frame):
    """Say why a table cannot be what `read` promises, "" where it can."""
    if not len(frame) or not len(frame.columns):
        return f"shape {frame.shape}"
    if not all(dtype == np.float64 for dtype in frame.dtypes):
        return f"holds {set(map(str, frame.dtypes))}"
    if np.isinf(frame.to_numpy()).any():
        return "holds inf"
    if not frame.index.is_unique:
        return "a moment stands twice"
    infer_frequency(frame.index)
    return ""


def _difference(frame, truth):
    """Say in which way a table is not the true one, "" where it is."""
    try:
        pd.testing.assert_frame_equal(
            frame, truth, rtol=1e-12, check_freq=False, check_index_type=False
        )
    except AssertionError as error:
        return " ".join(str(error).split())[:LONGEST_SENTENCE]
    return ""


def _attempt_command(path, options, command):
    """Run a command: a word and its reason."""
    code, said = _run(path, options, command)
    if code in (0, 3):
        return "read", ""
    sentence = said.strip().splitlines()[-1].partition(": ")[2]
    return _judged(sentence) if code == 2 else ("fault", f"exit {code}: {said[-300:]}")


def _run(path, options, command):
    """Run a command in this process: its exit code, and what it says on stderr."""
    from forecast.cli.main import main

    names = {name: path.parent / name for name in ("model", "run", "forecasts.csv")}
    places = {"source": path, "out": path.with_suffix(".seqcast")}
    places |= {name.partition(".")[0]: place for name, place in names.items()}
    arguments = [word.format(**places) for word in command.split()] + _flags(options)
    said = io.StringIO()
    with (
        contextlib.redirect_stderr(said),
        contextlib.redirect_stdout(io.StringIO()),
        mock.patch.dict(os.environ),
    ):
        try:
            code = main(arguments)
        except SystemExit as error:
            code = error.code
    return code, said.getvalue()


def _flags(options):
    """Write options of `read` as those of the command."""
    flags = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        text = value if isinstance(value, str) else ",".join(map(str, np.atleast_1d(value)))
        flags += [flag] if value is True else [f"{flag}={text}"]
    return flags


# --- the sample


def make(number, seed, kinds=KINDS):
    """Make file `number` of the sample with this seed: its kind and the file."""
    rng = np.random.default_rng([seed, number])
    kind = kinds[number % len(kinds)]
    return kind.__name__, kind(rng)


def judge_sample(count, seed=0, commands=0, jobs=1):
    """Judge files, and every so many of them by a command."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        if commands:
            _prepare(Path(folder))
        return list(pool.map(partial(_judge, seed, commands, Path(folder)), range(count)))


def _judge(seed, commands, folder, number):
    """Judge one file of a sample."""
    kind, hostile = make(number, seed)
    path = folder / f"my{number}.csv"
    try:
        if commands and number % commands == 0:
            turn = number // commands // len(KINDS) + number
            return number, judge_command(hostile, kind, path, _COMMANDS[turn % len(_COMMANDS)])
        return number, judge(hostile, kind, path)
    finally:
        path.unlink(missing_ok=True)


def _prepare(folder):
    """Write what some commands need beside a SOURCE: a forecaster, a run and forecasts."""
    days = pd.date_range("2019-11-01", "2019-12-31").strftime("%Y-%m-%d")
    rows = "".join(f"{day},{10 + place % 7}\n" for place, day in enumerate(days))
    path = folder / "before.csv"
    path.write_text(f"day,y\n{rows}")
    for command in (
        "fit {source} --model naive --save {model}",
        "predict {model} --horizon 40 --coverage 0.9 --out {forecasts}",
        "backtest {source} --models naive --horizon 3 --origins 8 --out {run}",
    ):
        code, said = _run(path, {}, command)
        assert code == 0, said


# --- the report


def main(arguments=None):
    """Judge a sample and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="files (default: 20000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commands", type=int, default=20, help="every so many to a command")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--show", type=int, metavar="N", help="print file N and its verdict only")
    args = parser.parse_args(arguments)
    if args.show is not None:
        kind, hostile = make(args.show, args.seed)
        with tempfile.TemporaryDirectory() as folder:
            verdict = judge(hostile, kind, Path(folder, "my.csv"))
        _say(hostile.content[:3000], hostile.options, verdict)
        return 0
    verdicts = judge_sample(args.count, args.seed, args.commands, args.jobs)
    _report(verdicts)
    return int(any(verdict.word == "fault" for _, verdict in verdicts))


def _report(verdicts):
    """Print a table of kinds and words, and each fault."""
    words = ("right", "read", "refused", "fault")
    _say(f"{'kind':28}" + "".join(f"{word:>9}" for word in words) + "  most s  most MB")
    for kind in sorted({verdict.kind for _, verdict in verdicts}):
        own = [verdict for _, verdict in verdicts if verdict.kind == kind]
        counts = Counter(verdict.word for verdict in own)
        seconds = max(verdict.seconds for verdict in own)
        size = max(verdict.megabytes for verdict in own)
        _say(
            f"{kind:28}"
            + "".join(f"{counts[word]:9}" for word in words)
            + f"{seconds:8.1f}{size:9.0f}"
        )
    for number, verdict in verdicts:
        if verdict.word == "fault":
            _say(f"{number} {verdict.kind}: {verdict.reason[:LONGEST_SENTENCE]}")


def _say(*lines):
    """Print to standard output."""
    sys.stdout.write("\n".join(map(str, lines)) + "\n")


if __name__ == "__main__":
    sys.exit(main())
