"""Spelling: words of the running Python's docstrings, mistyped once or twice, put right again.

It is learned from pairs such as "retrun" and "return". A finger leaves a letter out, types it
twice, swaps two, or hits the key beside. Beside the network stands Norvig's corrector: of the known
words that are nearest the most frequent one, if it is one edit away, or two. It has the list of
words and how often each occurs; the network has no list, but has seen how fingers err. No mistyping
that is judged was learned from, so that rarer words are judged; some are of words that were left
out of learning altogether, which a list cannot know.
"""

from __future__ import annotations

import ast
import re
import sysconfig
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from pathlib import Path

import numpy as np
from showing import arguments, show

from forecast import SequenceToSequence

Pair = tuple[str, str]

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # rows of the keyboard


def main(argv: Sequence[str] | None = None) -> None:
    """Learn to correct, show some corrections, print how many are right."""
    args = arguments(__doc__, argv)
    rng = np.random.default_rng(args.seed)
    counts = words_of_docstrings("a*.py" if args.quick else "*.py")
    known, unknown = parted(counts, 0.1, rng)
    words = set(counts)  # no mistyping is a word itself
    learned = mistyped_pairs(known, 100 if args.quick else 50_000, rng, (1, 2), words)
    print(f"{len(known)} words to learn, {len(unknown)} others; {len(learned)} mistypings, such as")
    _tell(learned[:3])

    size = {"units": 16, "epochs": 1} if args.quick else {"units": 128, "epochs": 4}
    model = SequenceToSequence(random_state=args.seed, **size).fit(*_sides(learned))
    corrector = Corrector(known)
    n = 20 if args.quick else 400
    seen = words | {typed for typed, _ in learned}
    judged = {
        "one error": mistyped_pairs(known, n, rng, (1,), seen),
        "two errors": mistyped_pairs(known, n, rng, (2,), seen),
        "words never seen": mistyped_pairs(unknown, n, rng, (1, 2), seen),
    }
    for part, pairs in judged.items():
        typed, expected = _sides(pairs)
        answers = {
            "network": model.predict(typed).tolist(),
            "nearest word, one edit": [corrector.correct(text, 1) for text in typed],
            "nearest word, two edits": [corrector.correct(text, 2) for text in typed],
        }
        print(f"\n{part}, by the network such as")
        _tell(zip(typed[:6], answers["network"][:6], strict=True))
        show("exact", {name: _exact(theirs, expected) for name, theirs in answers.items()})


# --- the data


def words_of_docstrings(pattern: str) -> Counter[str]:
    """Count the words of 4 to 10 small letters in the docstrings of the standard library.

    Those that occur once are left out, which are names rather than words.
    """
    counts: Counter[str] = Counter()
    folder = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(folder.glob(pattern)):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                counts.update(re.findall(r"\b[a-z]{4,10}\b", ast.get_docstring(node) or ""))
    return Counter({word: count for word, count in counts.items() if count > 1})


def parted(
    counts: Counter[str], share: float, rng: np.random.Generator
) -> tuple[Counter[str], Counter[str]]:
    """Return the words to learn, and a share of others, each with their counts."""
    words = rng.permutation(sorted(counts)).tolist()
    others = set(words[: round(share * len(words))])
    known = Counter({word: count for word, count in counts.items() if word not in others})
    return known, Counter({word: counts[word] for word in others})


def mistyped_pairs(
    counts: Counter[str],
    n: int,
    rng: np.random.Generator,
    errors: tuple[int, ...],
    without: Set[str],
) -> list[Pair]:
    """Draw words as often as they occur, mistyped so many times, as no text that is left out."""
    words = sorted(counts)
    shares = np.array([counts[word] for word in words], float)
    shares /= shares.sum()
    found: list[Pair] = []
    while len(found) < n:
        for word in rng.choice(words, n, p=shares).tolist():
            typed = word
            for _ in range(rng.choice(errors)):
                typed = mistyped(typed, rng)
            if typed not in without:
                found.append((typed, word))
    return found[:n]


def mistyped(word: str, rng: np.random.Generator) -> str:
    """Return a word with one slip of the finger."""
    place = int(rng.integers(len(word)))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    kind = rng.integers(4)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + 2 * letter + after
    if kind == 2:
        return before + after[:1] + letter + after[1:]
    row = next(row for row in KEYS if letter in row)
    key = row.index(letter)
    beside = row[max(key - 1, 0) : key] + row[key + 1 : key + 2]
    return before + beside[rng.integers(len(beside))] + after


# --- the baseline


class Corrector:
    """Norvig's corrector: of the known words that are nearest the most frequent one [1]_.

    Parameters
    ----------
    counts : Counter
        How often each known word occurs.

    References
    ----------
    .. [1] Norvig (2007), How to write a spelling corrector, norvig.com/spell-correct.html.
    """

    def __init__(self, counts: Counter[str]):
        self.words = np.array([word for word, _ in counts.most_common()])
        self.lengths = np.strings.str_len(self.words)
        # A letter of each word in each column, 0 behind its end.
        self.letters = self.words.view(np.uint32).reshape(len(self.words), -1)

    def correct(self, typed: str, edits: int) -> str:
        """Return the most frequent of the nearest words, or what was typed if none is near."""
        distances = self.distances(typed)
        nearest = int(distances.argmin())  # the first of several is the most frequent
        return str(self.words[nearest]) if distances[nearest] <= edits else typed

    def distances(self, typed: str) -> np.ndarray:
        """Return the edits to each word: a letter left out, put in or replaced, or two swapped."""
        words, columns = self.letters.shape
        codes = [ord(letter) for letter in typed]
        d = np.zeros((len(typed) + 1, columns + 1, words), int)
        d[0] = np.arange(columns + 1)[:, None]
        d[:, 0] = np.arange(len(typed) + 1)[:, None]
        for i, code in enumerate(codes, start=1):
            for j, theirs in enumerate(self.letters.T, start=1):
                edited = np.minimum(d[i - 1, j], d[i, j - 1]) + 1
                d[i, j] = np.minimum(edited, d[i - 1, j - 1] + (theirs != code))
                if i > 1 and j > 1:
                    swapped = (theirs == codes[i - 2]) & (self.letters[:, j - 2] == code)
                    d[i, j] = np.where(swapped, np.minimum(d[i, j], d[i - 2, j - 2] + 1), d[i, j])
        return d[len(typed), self.lengths, np.arange(words)]


def _exact(answers: list[str], words: list[str]) -> float:
    """Return the share of exact answers."""
    return float(np.mean([one == other for one, other in zip(answers, words, strict=True)]))


def _sides(given: list[Pair]) -> tuple[list[str], list[str]]:
    """Return what was typed, and the words."""
    typed, words = zip(*given, strict=True)
    return list(typed), list(words)


def _tell(pairs: Iterable[Pair]) -> None:
    """Print what was typed, and a word."""
    for typed, word in pairs:
        print(f"  {typed:14} {word}")


if __name__ == "__main__":
    main()
