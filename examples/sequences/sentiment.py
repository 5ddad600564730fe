"""Praise or blame: reviews with negations, read by words in their order and as a bag of words.

The reviews are made by a small grammar that knows who is right: "not very good" is blame, so is "I
would not call the soup good", and where "but" or "although" joins two clauses, the main clause
decides. So every review has one right answer, and the optimum is an accuracy of 1.

A bag of words with logistic regression, for many years the usual way, sees which words there are
but not in what order: "the soup was good but the bread was bad" and "the soup was bad but the bread
was good" are the same to it. With pairs of words beside them it sees "not good", but what "not" or
"but" does to a word farther off remains hidden. A recurrent network reads one word after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from showing import arguments, show
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

from forecast import LSTMClassifier

THINGS = ("soup", "bread", "fish", "wine", "coffee", "cake", "service", "music", "price", "room")
ADVERBS = ("", "", "really", "very", "quite", "always")
ADJECTIVES = {
    "praise": ("good", "great", "lovely", "superb", "fresh", "pleasant"),
    "blame": ("bad", "poor", "awful", "stale", "dreadful", "boring"),
}
OPPOSITE = {"praise": "blame", "blame": "praise"}
SAME_WORDS = (
    "the soup was good but the bread was bad",
    "the soup was bad but the bread was good",
    "the soup was not bad and the bread was good",
    "the soup was not good and the bread was bad",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Learn from reviews, print what is answered and the shares that are right."""
    args = arguments(__doc__, argv)
    n_learned, n_judged = (90, 60) if args.quick else (1000, 1000)
    reviews, labels = distinct_reviews(n_learned + n_judged, args.seed)
    learned, asked = reviews[:n_learned], reviews[n_learned:]
    y, expected = labels[:n_learned], labels[n_learned:]
    for review, label in zip(learned[:5], y, strict=False):
        print(f"{label}: {review}")

    models = {
        "network, word by word": reader(args.quick, args.seed),
        "bag of words and pairs": bag_of_words(2),
        "bag of words": bag_of_words(1),
    }
    accuracy = {"the grammar itself": 1.0}
    for name, model in models.items():
        accuracy[name] = float(np.mean(model.fit(learned, y).predict(asked) == expected))
    print_praise(models)
    commonest = max(OPPOSITE, key=list(y).count)
    accuracy["the commoner label"] = float(np.mean(expected == commonest))
    show("accuracy", accuracy)


# --- the grammar


def distinct_reviews(n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Draw n reviews, all of them different, and their labels."""
    rng = np.random.default_rng(seed)
    found: dict[str, str] = {}
    while len(found) < n:
        label = str(rng.choice(list(OPPOSITE)))
        found[_review(label, rng)] = label
    return list(found), np.array(list(found.values()))


def _review(label: str, rng: np.random.Generator) -> str:
    """Draw a review that means praise, or blame."""
    main_clause = _clause(label, rng)
    like = _clause(label, rng)
    unlike = _clause(OPPOSITE[label], rng)
    forms = (
        main_clause,
        f"{main_clause} and {like}",
        f"{unlike} but {main_clause}",
        f"although {unlike} {main_clause}",
        f"{main_clause} although {unlike}",
    )
    return str(rng.choice(forms))


def _clause(label: str, rng: np.random.Generator) -> str:
    """Draw a clause: in two of five a word of the other kind is denied."""
    thing = rng.choice(THINGS)
    adverb = rng.choice(ADVERBS)
    word = rng.choice(ADJECTIVES[label])
    denied = rng.choice(ADJECTIVES[OPPOSITE[label]])
    forms = (
        f"the {thing} was {adverb} {word}",
        f"i found the {thing} {adverb} {word}",
        f"they say that the {thing} is {adverb} {word}",
        f"the {thing} was not {adverb} {denied}",
        f"i would not call the {thing} {adverb} {denied}",
    )
    return " ".join(str(rng.choice(forms)).split())


# --- the models


def reader(quick: bool, seed: int) -> LSTMClassifier:
    """Return a network that reads word by word."""
    if quick:
        return LSTMClassifier(tokenizer="words", epochs=1, units=8, random_state=seed)
    return LSTMClassifier(tokenizer="words", epochs=15, pooling="max", random_state=seed)


def bag_of_words(longest: int) -> Pipeline:
    """Return logistic regression on counts of words, and of runs of them up to a length."""
    counts = CountVectorizer(ngram_range=(1, longest), token_pattern=r"\S+")
    logistic = GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.01, 0.1, 1, 10]})
    return make_pipeline(counts, logistic)


def print_praise(models: dict) -> None:
    """Print the probabilities of praise of two pairs of reviews with the same words."""
    width = max(map(len, SAME_WORDS))
    print(f"{'probability of praise':{width}}  network   pairs  words")
    for review in SAME_WORDS:
        answers = []
        for model in models.values():
            place = list(model.classes_).index("praise")
            answers.append(model.predict_proba([review])[0, place])
        network, pairs, words = answers
        print(f"{review:{width}}  {network:7.2f} {pairs:7.2f} {words:6.2f}")


if __name__ == "__main__":
    main()
