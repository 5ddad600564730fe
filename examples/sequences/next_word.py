"""The next word of a grammar of five words, learned from 500 sentences.

A sentence is "the SUBJECT VERB the OBJECT". The verb depends on the subject, and so does the
object, three words later: what follows the second "the" can only be told by who remembers the
subject. A network does; counts of pairs of words (a bigram model) do not.

The softmax is printed at each timestep beside the probabilities of the grammar. One network reads
each word as a channel of its own (one-hot), another as a vector of two numbers that it learns (an
embedding) and needs fewer weights for that. The vectors are drawn: words of one kind lie side by
side, though nobody said that there are kinds.

There are eight sentences only, and each is sure to be among those learned from. So no sentences are
held out, but the distribution itself is judged: the bits that a model needs for a sentence, on
average over all eight with the grammar's own probabilities. No model needs fewer than its entropy.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
from showing import arguments, show

from forecast import SequenceGenerator

NOUNS = ("cat", "mouse")
VERBS = ("chased", "saw")
WORDS = ("the", *NOUNS, *VERBS, "<end>")
SUBJECT = {"cat": 0.6, "mouse": 0.4}
VERB = {"cat": {"chased": 0.8, "saw": 0.2}, "mouse": {"chased": 0.1, "saw": 0.9}}
OBJECT = {"cat": {"cat": 0.1, "mouse": 0.9}, "mouse": {"cat": 0.8, "mouse": 0.2}}


def main(argv: Sequence[str] | None = None) -> None:
    """Learn the grammar from sentences, print what may follow and the bits of each model."""
    args = arguments(__doc__, argv)
    sentences = drawn(100 if args.quick else 500, args.seed)
    print("\n".join(sentences[:3]))

    generators = {
        "network, vectors of two": network(2, args.quick, args.seed),
        "network, one-hot": network(0, args.quick, args.seed),
        "pairs of words": SequenceGenerator(tokenizer="words", order=2, epochs=0),
    }
    bits = {"the grammar itself": entropy()}
    for name, generator in generators.items():
        bits[name] = expected_bits(generator.fit(sentences))

    embedded, one_hot, _ = generators.values()
    print(f"weights: {n_weights(embedded)} with vectors of two, {n_weights(one_hot)} with one-hot")
    print_softmax(embedded, "the mouse saw the cat")
    draw_vectors(embedded, args.out / "next_word.png")
    show("bits per sentence", bits)


# --- the grammar


def probabilities() -> dict[str, float]:
    """Return the probability of each sentence."""
    sentences = {}
    for subject, verb, thing in product(NOUNS, VERBS, NOUNS):
        p = SUBJECT[subject] * VERB[subject][verb] * OBJECT[subject][thing]
        sentences[f"the {subject} {verb} the {thing}"] = p
    return sentences


def drawn(n: int, seed: int) -> list[str]:
    """Draw n sentences."""
    sentences, p = zip(*probabilities().items(), strict=True)
    rng = np.random.default_rng(seed)
    return [sentences[place] for place in rng.choice(len(p), n, p=p)]


def follows(prefix: str) -> dict[str, float]:
    """Return the probabilities of the word after a prefix, by the grammar."""
    weights = dict.fromkeys(WORDS, 0.0)
    begun = prefix.split()
    for sentence, p in probabilities().items():
        words = [*sentence.split(), "<end>"]
        if words[: len(begun)] == begun:
            weights[words[len(begun)]] += p
    total = sum(weights.values())
    return {word: weight / total for word, weight in weights.items()}


def entropy() -> float:
    """Return the bits per sentence of the grammar, the fewest that are possible."""
    p = np.array(list(probabilities().values()))
    return float(-(p * np.log2(p)).sum())


# --- the models


def network(embedding: int, quick: bool, seed: int) -> SequenceGenerator:
    """Return a network of eight units without n-grams beside it."""
    return SequenceGenerator(
        tokenizer="words",
        order=0,
        units=8,
        embedding=embedding,
        epochs=2 if quick else 30,
        batch_size=20,
        learning_rate=0.02,
        random_state=seed,
    )


def n_weights(generator: SequenceGenerator) -> int:
    """Return how many numbers a network has learned."""
    return sum(weight.size for weight in generator.model_.weights.values())


def expected_bits(generator: SequenceGenerator) -> float:
    """Return the bits that a model needs for a sentence of the grammar, on average."""
    bits = 0.0
    for sentence, p in probabilities().items():
        tokens = len(sentence.split()) + 1  # and the end
        bits -= p * tokens * generator.score([sentence])
    return bits


# --- what is shown


def print_softmax(generator: SequenceGenerator, sentence: str) -> None:
    """Print the probabilities of the next word after each word, the grammar's in brackets."""
    words = sentence.split()
    print(f"{'what follows':22}" + "".join(f"{word:>12}" for word in WORDS))
    for number in range(len(words) + 1):
        prefix = " ".join(words[:number])
        known = follows(prefix)
        p = generator.predict_proba(prefix)
        answer = dict(zip(generator.vocabulary_.tokens_, p, strict=True))
        cells = [f"{answer[word]:.2f} ({known[word]:.2f})" for word in WORDS]
        print(f"{prefix or '(nothing yet)':22}" + "".join(f"{cell:>12}" for cell in cells))


def draw_vectors(generator: SequenceGenerator, path: Path) -> None:
    """Draw the two numbers that stand for each word."""
    from matplotlib.figure import Figure

    from forecast.figures.axes import save_figure
    from forecast.figures.styles import COLORS

    vectors = generator.model_.weights["vectors"]
    places = dict(zip(generator.vocabulary_.tokens_, vectors, strict=True))
    axis = Figure(figsize=(5, 4), layout="constrained").subplots()
    for color, kind in zip(COLORS, (NOUNS, VERBS, ("the", "<end>")), strict=False):
        for word in kind:
            x, y = places[word]
            axis.scatter(x, y, color=color)
            axis.annotate(word, (x, y), xytext=(6, 4), textcoords="offset points", color=color)
    axis.margins(0.2)
    axis.set_title("the vectors of words", loc="left", fontsize="medium")
    axis.spines[["top", "right"]].set_visible(False)
    save_figure(axis.get_figure(), path)


if __name__ == "__main__":
    main()
