"""Reads files of the product and judges: right, refused or wrong.

``python tests/file_judge.py --files 20000 --seed 0`` prints the counts; ``--show N`` prints file N.
"""

import argparse
import inspect
import os
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from file_product import draw, write

import forecast.exceptions
from forecast import read

# Releases without refusals of their own raised what Python has for values.
REFUSAL = getattr(forecast.exceptions, "Refusal", ValueError)
KEYWORDS = set(inspect.signature(read).parameters)
_FLAG = r"--([a-z-]+)((?:[ =](?:'[^']*'|\"[^\"]*\"|[^\s;:()]+))?)"  # of the command, and its value


class Verdict(NamedTuple):
    """What became of a file."""

    word: str  # right, refused or wrong
    reason: str = ""  # the sentence of a refusal, the difference of what is wrong
    healed: str = ""  # the word after all flags of the refusal were followed
    again: str = ""  # its reason


def make(number, seed=0):
    """Make file `number` of the sample with this seed."""
    rng = np.random.default_rng([seed, number])
    recipe = draw(rng)
    return recipe, write(recipe, rng)


def judge(written, path):
    """Read a file, follow the flags of a refusal, and compare with what was written."""
    path.write_bytes(written.content)
    word, reason, error = _attempt(path, written.truth, written.keywords)
    if error is None:
        return Verdict(word, reason)

    # Each refusal may name flags of its own: the owner answers three times at most.
    keywords = dict(written.keywords)
    again, after = word, reason
    for _ in range(3):
        said = answer(error, written.answers)
        if not said or said.items() <= keywords.items():
            break
        keywords |= said
        again, after, error = _attempt(path, written.truth, keywords)
        if error is None:
            break
    return Verdict(word, reason, again, after)


def _attempt(path, truth, keywords):
    """Read once: a word, its reason, and the refusal if it is one."""
    keywords = {name: value for name, value in keywords.items() if name in KEYWORDS}
    try:
        frame = read(path, **keywords)
    except REFUSAL as error:
        return "refused", str(error).replace(str(path), "file"), error
    except Exception as error:  # what else can be raised is what is asked here
        return "wrong", f"{type(error).__name__}: {error}".replace(str(path), "file"), None
    different = difference(frame, truth)
    return ("wrong", different, None) if different else ("right", "", None)


# --- the flags of a refusal


def answer(error, answers):
    """Return keywords of `read` for the flags that a refusal names, with the owner's answers.

    A flag is followed as it stands, unless the owner knows better which of its values is true.
    """
    sentence = error.at_command_line() if hasattr(error, "at_command_line") else str(error)
    said = {}
    for flag, value in re.findall(_FLAG, sentence):
        name = flag.replace("-", "_")
        known = answers.get(name)
        literal = _literal(name, value)
        if name in KEYWORDS and (known is not None or literal):
            said.setdefault(name, literal if known is None else known)
    return said


def _literal(name, value):
    """Return the value of a flag as it stands in a sentence; False where there is none."""
    if name == "fill":
        return True
    text = value.strip(" =")
    # The full stop after a bare value ends the sentence; a single one is a value.
    text = text.strip("'\"") if text[:1] in ("'", '"') else text[:1] + text[1:].rstrip(".,")
    if name in ("missing", "time", "series"):
        return tuple(text.split(",")) if text else False
    return text or False


# --- the comparison


def difference(frame, truth):
    """Say in which way a frame is not the truth; "" where it is."""
    got, wanted = _ordered(frame), _ordered(truth)
    if isinstance(got, str):
        return got
    if got.shape != wanted.shape:
        return f"shape {got.shape} for {wanted.shape}, columns {list(frame.columns)}"
    if not got.index.equals(wanted.index):
        return f"first moments {list(got.index[:3])} for {list(wanted.index[:3])}"
    close = np.isclose(got.to_numpy(), wanted.to_numpy(), rtol=1e-12, atol=0, equal_nan=True)  # noqa: TID251
    if not close.all():
        row, column = np.argwhere(~close)[0]
        pair = got.iloc[row, column], wanted.iloc[row, column]
        return f"{pair[0]} for {pair[1]} at {got.index[row]}"
    return ""


def _ordered(frame):
    """Return a frame with sorted rows (series as text, moments in UTC without a zone)."""
    moments = frame.index.get_level_values(-1)
    if isinstance(moments, pd.PeriodIndex):
        moments = moments.to_timestamp(how="start")
    if not isinstance(moments, pd.DatetimeIndex):
        return f"an index of {moments.dtype}, first {moments[0]!r}"
    if moments.tz is not None:
        moments = moments.tz_convert("UTC").tz_localize(None)
    series = frame.index.get_level_values(0).astype(str) if frame.index.nlevels > 1 else None
    keys = [moments.as_unit("ns")] if series is None else [series, moments.as_unit("ns")]
    plain = frame.set_axis(range(frame.shape[1]), axis=1)
    return plain.set_axis(pd.MultiIndex.from_arrays(keys)).sort_index()


# --- the report


def main(arguments=None):
    """Judge a sample and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000, help="how many (default: 20000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes to use")
    parser.add_argument("--show", type=int, metavar="N", help="print file N and its verdict only")
    parser.add_argument(
        "--where", action="append", default=[], metavar="FACTOR=LEVEL", help="only such files"
    )
    args = parser.parse_args(arguments)
    if args.show is not None:
        _show(args.show, args.seed)
        return 0
    verdicts = judge_sample(args.files, args.seed, args.jobs, args.where)
    _report(verdicts)
    return int(any(verdict.word == "wrong" for _, _, verdict in verdicts))


def judge_sample(files, seed=0, jobs=1, where=()):
    """Return number, recipe and verdict of each file of a sample."""
    wanted = {tuple(pair.split("=", 1)) for pair in where}
    judge_share = partial(_judge_share, seed=seed, wanted=wanted)
    shares = np.array_split(np.arange(files), max(1, min(100 * jobs, files // 50)))
    if jobs == 1:
        return list(chain.from_iterable(map(judge_share, shares)))
    with ProcessPoolExecutor(jobs) as pool:
        return list(chain.from_iterable(pool.map(judge_share, shares)))


def _judge_share(numbers, seed, wanted):
    """Judge some files of a sample."""
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        for number in map(int, numbers):
            recipe, written = make(number, seed)
            if wanted <= recipe.levels().items():
                verdict = judge(written, Path(folder, "my.csv"))
                verdicts.append((number, recipe, verdict))
    return verdicts


def _show(number, seed):
    """Print a file, what it was made of, and its verdict."""
    recipe, written = make(number, seed)
    _say(recipe, written.content.decode(recipe.encoding), written.truth)
    with tempfile.TemporaryDirectory() as folder:
        _say(*judge(written, Path(folder, "my.csv")))


def _say(*lines):
    """Print to standard output."""
    sys.stdout.write("\n".join(map(str, lines)) + "\n")


def _report(verdicts):
    """Print the counts, the refusals by level and by sentence, and what is wrong."""
    words = Counter(verdict.word for _, _, verdict in verdicts)
    counts = ", ".join(f"{words[word]} {word}" for word in ("right", "refused", "wrong"))
    _say(f"{len(verdicts)} files: {counts}")
    refused = [verdict for _, _, verdict in verdicts if verdict.word == "refused"]
    after = Counter(verdict.healed for verdict in refused)
    _say("refused, then with the flags of the refusal: " + _counts(after))
    _say("", "share refused / wrong, by level")
    for factor in verdicts[0][1].levels():
        _say(f"  {factor}: {_shares(verdicts, factor)}")
    _say("", "refusals that their flags do not heal, by sentence")
    _sentences([(n, v.again) for n, _, v in verdicts if v.word == v.healed == "refused"])
    _say("", "refusals whose flags lead to wrong values")
    _sentences([(n, v.reason + " -> " + v.again) for n, _, v in verdicts if v.healed == "wrong"])
    _say("", "wrong, by kind")
    _sentences([(n, v.reason) for n, _, v in verdicts if v.word == "wrong"])


def _counts(counter):
    """Write a counter in one line."""
    return ", ".join(f"{count} {word}" for word, count in counter.most_common())


def _shares(verdicts, factor):
    """Write the share refused and wrong for each level of a factor."""
    levels = {}
    for _, recipe, verdict in verdicts:
        levels.setdefault(recipe.levels()[factor], Counter())[verdict.word] += 1
    written = []
    for level, words in sorted(levels.items()):
        n = sum(words.values())
        written.append(f"{level!r} {words['refused'] / n:.0%}/{words['wrong'] / n:.0%}")
    return ", ".join(written)


def _sentences(pairs):
    """Print the most frequent sentences, numbers and names masked, with the first three files."""
    kinds = {}
    for number, sentence in pairs:
        mask = re.sub(r"'[^']*'", "'…'", re.sub(r"[-+]?\d[\d.,:e+-]*", "#", sentence))
        kinds.setdefault(mask[:160], []).append((number, sentence))
    for _, found in sorted(kinds.items(), key=lambda item: -len(item[1]))[:25]:
        numbers = " ".join(str(number) for number, _ in found[:3])
        _say(f"  {len(found)} (files {numbers} …): {found[0][1][:300]}")


if __name__ == "__main__":
    sys.exit(main())
