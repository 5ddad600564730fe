"""Genes that are intact or broken: a network that reads DNA base by base, and counts to three.

A gene is read in codons of three bases from its start, ATG, to the first stop, TAA, TAG or TGA, and
is intact if that stands at its end. A stop elsewhere means nothing unless it stands in the frame:
"CTA AGC" has none. Three mutations break a gene: a base that is lost or added shifts the frame, a
base that is changed makes a codon a stop before the end, or makes the stop another codon. Intact
genes here have a changed base, too, one that does no harm. Codons are as frequent as in Escherichia
coli, so that stops out of the frame are common.

The network learns from genes whose bases are annotated: first, second or third of a codon, or where
reading is over. Its answer for the last two bases says whether the gene is intact. From a single
label for each gene it does not learn to count so soon. Beside it stands logistic regression on the
counts of all runs of one to six bases, with marks at both ends, which cannot see the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from showing import arguments, show
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from forecast import LSTMClassifier

BASES = "ACGT"
STOPS = ("TAA", "TAG", "TGA")
# Of 1000 codons of Escherichia coli, about.
USAGE = """
TTT 22 TTC 17 TTA 14 TTG 14 CTT 11 CTC 11 CTA  4 CTG 53 ATT 30 ATC 25 ATA  4 ATG 28
GTT 18 GTC 15 GTA 11 GTG 26 TCT  9 TCC  9 TCA  7 TCG  9 CCT  7 CCC  6 CCA  8 CCG 23
ACT  9 ACC 23 ACA  7 ACG 14 GCT 15 GCC 26 GCA 20 GCG 34 TAT 16 TAC 12 CAT 13 CAC 10
CAA 15 CAG 29 AAT 18 AAC 22 AAA 34 AAG 10 GAT 32 GAC 19 GAA 39 GAG 18 TGT  5 TGC  6
TGG 15 CGT 21 CGC 22 CGA  4 CGG  5 AGT  9 AGC 16 AGA  2 AGG  1 GGT 25 GGC 29 GGA  8 GGG 11
"""
STOP_USAGE = (0.64, 0.07, 0.29)
CODONS = 10, 30  # between start and stop
KINDS = ("intact", "shifted", "stop too early", "stop lost")
SHARES = (0.5, 1 / 6, 1 / 6, 1 / 6)
OVER = "over"


class Genes(NamedTuple):
    """Genes, and what is known of each."""

    texts: list[str]
    kinds: np.ndarray


def main(argv: Sequence[str] | None = None) -> None:
    """Learn from annotated genes, print which of others are taken for intact."""
    args = arguments(__doc__, argv)
    n_learned, n_judged = (60, 60) if args.quick else (800, 1000)
    texts, kinds = distinct_genes(n_learned + n_judged, args.seed)
    learned, asked = texts[:n_learned], texts[n_learned:]
    intact, expected = np.split(kinds == "intact", [n_learned])
    for kind in KINDS:
        text = texts[list(kinds).index(kind)]
        print(f"{kind:14} {in_codons(text)}")

    counter = reader(args.quick, args.seed)
    counter.fit(learned, [annotation(text) for text in learned])
    answers = {
        "network, base by base": verdicts(counter.predict(asked), asked),
        "runs of one to six bases": k_mers().fit(marked(learned), intact).predict(marked(asked)),
        "all are intact": np.ones(n_judged, bool),
    }
    print_by_kind(answers, kinds[n_learned:], expected)
    right = {name: float(np.mean(answer == expected)) for name, answer in answers.items()}
    show("accuracy", {"the codons, read": 1.0} | right)


# --- genes


def distinct_genes(n: int, seed: int) -> Genes:
    """Draw n genes, all of them different."""
    rng = np.random.default_rng(seed)
    found: dict[str, str] = {}
    while len(found) < n:
        kind = str(rng.choice(KINDS, p=SHARES))
        found[drawn_gene(kind, rng)] = kind
    return Genes(list(found), np.array(list(found.values())))


def drawn_gene(kind: str, rng: np.random.Generator) -> str:
    """Draw a gene of a kind: mutations of an intact one are tried until one is of the kind."""
    codons, usage = USAGE.split()[::2], np.array(USAGE.split()[1::2], float)
    while True:
        between = rng.choice(codons, rng.integers(*CODONS), p=usage / usage.sum())
        text = "".join(["ATG", *between, rng.choice(STOPS, p=STOP_USAGE)])
        mutant = _shifted(text, rng) if kind == "shifted" else _changed(text, rng)
        if kind_of(mutant) == kind:
            return mutant


def _shifted(text: str, rng: np.random.Generator) -> str:
    """Lose or add a base between start and stop."""
    place = rng.integers(3, len(text) - 3)
    if rng.random() < 0.5:
        return text[:place] + text[place + 1 :]
    return text[:place] + rng.choice(list(BASES)) + text[place:]


def _changed(text: str, rng: np.random.Generator) -> str:
    """Change a base behind the start to another one."""
    place = rng.integers(3, len(text))
    others = [base for base in BASES if base != text[place]]
    return text[:place] + rng.choice(others) + text[place + 1 :]


def annotation(text: str) -> list[str]:
    """Label each base: its place in the codon, and `OVER` from the end of the first stop on."""
    labels = ["123"[place % 3] for place in range(len(text))]
    for place in range(0, len(text) - 2, 3):
        if text[place : place + 3] in STOPS:
            return labels[: place + 2] + [OVER] * (len(text) - place - 2)
    return labels


def kind_of(text: str) -> str:
    """Say what a gene with one mutation is."""
    if len(text) % 3:
        return "shifted"
    over = annotation(text).count(OVER)
    return {0: "stop lost", 1: "intact"}.get(over, "stop too early")


# --- models


def reader(quick: bool, seed: int) -> LSTMClassifier:
    """Return a network that reads forwards and labels each base."""
    epochs, units = (1, 8) if quick else (20, 32)
    return LSTMClassifier(
        epochs=epochs,
        units=units,
        bidirectional=False,
        dropout=0.0,
        learning_rate=0.02,
        random_state=seed,
    )


def verdicts(labels: np.ndarray, texts: list[str]) -> np.ndarray:
    """Return whether genes are intact: by their labels, reading is over at the last base."""
    last = np.array([len(text) - 1 for text in texts])
    rows = np.arange(len(texts))
    return (labels[rows, last] == OVER) & (labels[rows, last - 1] != OVER)


def k_mers() -> Pipeline:
    """Return logistic regression on the counts of all runs of one to six bases."""
    counts = CountVectorizer(analyzer="char", ngram_range=(1, 6), lowercase=False)
    logistic = GridSearchCV(LogisticRegression(max_iter=500), {"C": [0.01, 0.1, 1, 10]}, cv=3)
    return make_pipeline(counts, MaxAbsScaler(), logistic)


def marked(texts: list[str]) -> list[str]:
    """Return texts with a mark at each end."""
    return [f"^{text}$" for text in texts]


# --- what is shown


def in_codons(text: str) -> str:
    """Write a gene in codons as it is read, all that is read over in small letters."""
    ends = annotation(text).count(OVER)
    read = len(text) - ends + 1 if ends else len(text)
    text = text[:read] + text[read:].lower()
    return " ".join(text[place : place + 3] for place in range(0, len(text), 3))


def print_by_kind(answers: dict, kinds: np.ndarray, expected: np.ndarray) -> None:
    """Print the share that is judged right, for each kind of gene."""
    width = max(map(len, answers))
    print(f"{'right among':{width}}" + "".join(f"  {kind:>14}" for kind in KINDS))
    for name, answer in answers.items():
        right = [np.mean((answer == expected)[kinds == kind]) for kind in KINDS]
        print(f"{name:{width}}" + "".join(f"  {share:14.2f}" for share in right))


if __name__ == "__main__":
    main()
