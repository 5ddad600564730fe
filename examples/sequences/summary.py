"""Summary: the warmest report and where it rains, in one sentence, out of a long weather log.

It is learned from pairs such as a log of a dozen lines like "JFK 21C 12kt clear" and the sentence
"warmest 31C at JFK and rain at LGA". Most of what the network reads is of no use; it has to find
the largest of all temperatures, the station of the same line, and the one line with rain if there
is any. Beside it stand the commonest sentence, and what a hurried reader would say, who reads the
first lines only. A rule that reads everything is right always. No log that is judged was learned
from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from showing import arguments, show

from forecast import SequenceToSequence

Pair = tuple[str, str]

STATIONS = ["ATL", "BOS", "DCA", "DEN", "EWR", "JFK", "LAX", "LGA", "MIA", "ORD", "PHL", "SEA"]
DRY = ["clear", "cloudy", "fog", "overcast"]
FIELDS = {"temperature": 1, "station": 3, "rain": -1}  # the place of each in a sentence
HURRIED = 3  # lines


def main(argv: Sequence[str] | None = None) -> None:
    """Learn to sum up, show some sentences, print how many are right."""
    args = arguments(__doc__, argv)
    rng = np.random.default_rng(args.seed)
    learned, judged = pairs(60 if args.quick else 8000, 20 if args.quick else 500, rng)
    print(f"{len(learned)} logs, such as\n")
    print(learned[0][0])
    print(f"\n= {learned[0][1]}")

    logs, sentences = _sides(learned)
    model = SequenceToSequence(
        source_tokenizer="words",
        target_tokenizer="words",
        units=16 if args.quick else 64,
        epochs=1 if args.quick else 8,
        random_state=args.seed,
    )
    model.fit(logs, sentences)

    logs, expected = _sides(judged)
    commonest = Counter(sentences).most_common(1)[0][0]
    answers = {
        "network": model.predict(logs).tolist(),
        f"first {HURRIED} lines": [summary(log.splitlines()[:HURRIED]) for log in logs],
        "commonest sentence": [commonest] * len(logs),
    }
    print(f"\n{len(judged)} others; what is written, and what is right")
    for answer, right in list(zip(answers["network"], expected, strict=True))[:6]:
        print(f"  {answer:40} {right}")
    _print_scores(answers, expected)


# --- the data


def pairs(learned: int, judged: int, rng: np.random.Generator) -> tuple[list[Pair], list[Pair]]:
    """Draw logs with their sentences; none is twice."""
    logs: dict[str, str] = {}
    while len(logs) < learned + judged:
        lines = _log(rng)
        logs["\n".join(lines)] = summary(lines)
    everything = list(logs.items())
    return everything[:learned], everything[learned:]


def _log(rng: np.random.Generator) -> list[str]:
    """Draw ten to fourteen reports of one day, with rain in one of them or in none."""
    n = int(rng.integers(10, 15))
    coldest = rng.integers(-5, 16)
    # All temperatures differ, so that one is the warmest.
    temperatures = coldest + rng.choice(20, n, replace=False)
    stations = rng.choice(STATIONS, n)
    winds = rng.integers(0, 30, n)
    skies = rng.choice(DRY, n).tolist()
    if rng.random() < 0.7:
        skies[rng.integers(n)] = "rain"
    reports = zip(stations, temperatures, winds, skies, strict=True)
    return [f"{station} {celsius}C {knots}kt {sky}" for station, celsius, knots, sky in reports]


def summary(lines: list[str]) -> str:
    """Sum up a log by a rule that reads every line."""
    reports = [line.split() for line in lines]
    warmest = max(reports, key=lambda report: int(report[1].removesuffix("C")))
    rain = [f"rain at {station}" for station, _, _, sky in reports if sky == "rain"]
    return f"warmest {warmest[1]} at {warmest[0]} and {rain[0] if rain else 'dry'}"


# --- scores


def _print_scores(answers: dict[str, list[str]], expected: list[str]) -> None:
    """Print how often each field is right, and the whole sentence."""
    print(f"\n{'':20}" + "".join(f"{field:>13}" for field in FIELDS))
    for name, theirs in answers.items():
        shares = [_share(theirs, expected, place) for place in FIELDS.values()]
        print(f"{name:20}" + "".join(f"{share:13.3f}" for share in shares))
    print()
    exact = {name: np.array(theirs) == np.array(expected) for name, theirs in answers.items()}
    show("exact", {name: float(right.mean()) for name, right in exact.items()})


def _sides(given: list[Pair]) -> tuple[list[str], list[str]]:
    """Return logs and sentences."""
    logs, sentences = zip(*given, strict=True)
    return list(logs), list(sentences)


def _share(answers: list[str], expected: list[str], place: int) -> float:
    """Return how often the word at a place of a sentence is right."""
    pairs = zip(answers, expected, strict=True)
    return float(np.mean([_word(one, place) == _word(other, place) for one, other in pairs]))


def _word(sentence: str, place: int) -> list[str]:
    """Return the word at a place, or none where a sentence is too short."""
    return sentence.split()[place:][:1]


if __name__ == "__main__":
    main()
