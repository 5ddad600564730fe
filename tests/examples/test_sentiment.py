import numpy as np
import pytest
from numpy.testing import assert_allclose


@pytest.fixture(scope="module")
def module(example):
    return example("sentiment")


def meant(review, adjectives):
    """Return the label of a review by rules: denials turn a word, and the main clause decides."""
    words = review.split()
    kinds = {word: label for label, of_kind in adjectives.items() for word in of_kind}
    places = [place for place, word in enumerate(words) if word in kinds]
    # The main clause is the second one here, else the first.
    is_last = words[0] == "although" or "but" in words
    place = places[-1] if is_last else places[0]
    clause = words[places[-2] + 1 : place] if is_last else words[:place]
    label = kinds[words[place]]
    return {"praise": "blame", "blame": "praise"}[label] if "not" in clause else label


def test_the_quick_run_prints_the_accuracy_of_each_model(module, lines):
    printed = lines(module)
    names = [
        "the grammar itself",
        "network, word by word",
        "bag of words and pairs",
        "bag of words",
        "the commoner label",
    ]
    assert printed[-6].split() == ["accuracy"]
    for name, line in zip(names, printed[-5:], strict=True):
        assert 0.3 < float(line.removeprefix(name)) <= 1


def test_labels_are_what_the_reviews_mean(module):
    reviews, labels = module.distinct_reviews(500, seed=3)
    assert [meant(review, module.ADJECTIVES) for review in reviews] == labels.tolist()
    assert set(labels) == {"praise", "blame"}


def test_no_review_is_there_twice(module):
    reviews, _ = module.distinct_reviews(500, seed=0)
    assert len(set(reviews)) == 500


def test_a_bag_of_words_answers_the_same_to_the_same_words(module):
    reviews, labels = module.distinct_reviews(60, seed=0)
    words = module.bag_of_words(1).fit(reviews, labels)
    first, second, *_ = module.SAME_WORDS
    assert sorted(first.split()) == sorted(second.split())
    assert_allclose(*words.predict_proba([first, second]))
    pairs = module.bag_of_words(2).fit(reviews, labels)
    assert np.abs(np.diff(pairs.predict_proba([first, second]), axis=0)).max() > 1e-6
