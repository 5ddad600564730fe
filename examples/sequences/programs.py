"""Short programs read to what they print: sums, assignments and loops, none of them run.

It is learned from pairs such as "print(62+94-95)" and "61". Who adds writes the last digit first,
since the carry comes from there, and so does the decoder here (`last_first`). Beside it stands the
answer to the most similar program that was learned. Python itself would be right always. No program
that is judged was learned from.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Sequence

import numpy as np
from showing import arguments, show
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from forecast import SequenceToSequence

Pair = tuple[str, str]

KINDS = {"sum": 0.15, "three terms": 0.55, "assignment": 0.15, "loop": 0.15}  # and their shares


def main(argv: Sequence[str] | None = None) -> None:
    """Learn to read programs, and print how many are read right."""
    args = arguments(__doc__, argv)
    rng = np.random.default_rng(args.seed)
    learned, judged = pairs(100 if args.quick else 20_000, 40 if args.quick else 1000, rng)
    print(f"{len(learned)} programs, such as")
    for kind in KINDS:
        _tell(*next(pair for pair in learned if kind_of(pair[0]) == kind))

    sources, printed = _sides(learned)
    questions, expected = _sides(judged)
    size = {"units": 16, "epochs": 1} if args.quick else {"units": 128, "epochs": 24}
    model = SequenceToSequence(pieces, last_first=True, random_state=args.seed, **size)
    answers = {"network": model.fit(sources, printed).predict(questions).tolist()}
    answers["most similar program"] = nearest(sources, printed, questions)

    print(f"\n{len(judged)} others, such as")
    for program, answer in list(zip(questions, answers["network"], strict=True))[:6]:
        _tell(program, answer)
    right = {
        name: np.array([one == other for one, other in zip(texts, expected, strict=True)])
        for name, texts in answers.items()
    }
    _print_parts("kind of program", [kind_of(program) for program in questions], right, KINDS)
    digits = [sum(map(str.isdigit, program)) for program in questions]
    _print_parts("digits in the program", digits, right, sorted(set(digits)))
    print()
    show("exact", {name: float(flags.mean()) for name, flags in right.items()})


# --- the data


def pairs(learned: int, judged: int, rng: np.random.Generator) -> tuple[list[Pair], list[Pair]]:
    """Draw programs with what they print; none is in both parts, and none twice."""
    programs: dict[str, str] = {}
    while len(programs) < learned + judged:
        program = _program(rng)
        programs[program] = run(program)
    everything = list(programs.items())
    order = rng.permutation(len(everything))
    shuffled = [everything[place] for place in order]
    return shuffled[:learned], shuffled[learned:]


def _program(rng: np.random.Generator) -> str:
    """Draw a program about numbers below 100."""
    kind = rng.choice(list(KINDS), p=list(KINDS.values()))
    a, b, c = rng.integers(0, 100, 3)
    if kind == "sum":
        return f"print({a}+{b})"
    if kind == "three terms":
        return f"print({a}+{b}-{c})"
    if kind == "assignment":
        return f"x={a};x+={b};print(x)"
    return f"x={a}\nfor i in range({rng.integers(2, 6)}):x+={c % 10}\nprint(x)"


def kind_of(program: str) -> str:
    """Return which kind a program is of."""
    if "for" in program:
        return "loop"
    if program.startswith("x"):
        return "assignment"
    return "three terms" if "-" in program else "sum"


def run(program: str) -> str:
    """Return what Python prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(program, {})
    return output.getvalue().strip()


def pieces(program: str) -> list[str]:
    """Return the tokens of a program: single digits, words, signs between them."""
    return re.findall(r"\d|[a-z ]+|[^\w ]+", program)


# --- the baseline, the tables


def nearest(programs: list[str], printed: list[str], questions: list[str]) -> list[str]:
    """Answer as the most similar program does, by runs of one to three characters."""
    runs = TfidfVectorizer(analyzer="char", ngram_range=(1, 3))
    neighbours = NearestNeighbors(n_neighbors=1, metric="cosine").fit(runs.fit_transform(programs))
    places = neighbours.kneighbors(runs.transform(questions), return_distance=False)
    return [printed[place] for place in places[:, 0]]


def _sides(given: list[Pair]) -> tuple[list[str], list[str]]:
    """Return programs and what they print."""
    programs, printed = zip(*given, strict=True)
    return list(programs), list(printed)


def _tell(program: str, answer: str) -> None:
    """Print a program on one line, and an answer."""
    print(f"  {program.replace(chr(10), '↵'):40} {answer}")


def _print_parts(
    title: str, parts: Sequence[object], right: dict[str, np.ndarray], order: Iterable[object]
) -> None:
    """Print the exact answers of each part of what is judged."""
    print(f"\n{title:22}" + "".join(f"{name:>22}" for name in right) + f"{'programs':>10}")
    for part in order:
        inside = np.array([one == part for one in parts])
        if inside.any():
            shares = "".join(f"{flags[inside].mean():22.3f}" for flags in right.values())
            print(f"{part!s:22}{shares}{inside.sum():10d}")


if __name__ == "__main__":
    main()
