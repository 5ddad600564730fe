import pickle
import subprocess
import sys
from copy import copy

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, train_test_split

from forecast import SequenceToSequence, load, save
from forecast.exceptions import FitInterrupted, InputError, InputTypeError
from forecast.recurrent.trainer import Trainer

# Each word is written backwards, in other letters. All that is trained here has the sizes of these
# words, so that it is compiled once.
RNG = np.random.default_rng(0)
WORDS = ["".join(RNG.choice(list("abcd"), RNG.integers(2, 6))) for _ in range(200)]
ANSWERS = [word[::-1].translate(str.maketrans("abcd", "wxyz")) for word in WORDS]
NUMERALS = ["one", "two", "three", "four", "un", "deux", "trois", "quatre"]
SMALL = {"units": 16, "learning_rate": 0.03, "epochs": 20, "batch_size": 20, "random_state": 0}


def small(**parameters):
    """Return a small estimator, not fitted."""
    return SequenceToSequence(**SMALL | parameters)


def brief(**parameters):
    """Return one that hardly learns."""
    return small(**{"epochs": 1} | parameters)


def told(letters, tokens):
    """Return the words with other tokens in the place of letters, as an array of lists."""
    names = dict(zip("abcdwxyz", tokens, strict=True))
    return objects([[names[letter] for letter in word] for word in letters])


def objects(items):
    """Return an array of objects, such as lists."""
    array = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        array[place] = item
    return array


@pytest.fixture(scope="module")
def backwards():
    return small().fit(WORDS, ANSWERS)


@pytest.fixture(scope="module")
def untrained():
    return brief().fit(WORDS, ANSWERS)


def test_words_never_seen_are_answered(backwards):
    unseen = ["abcda", "ddbca", "dadc"]
    assert not set(unseen) & set(WORDS)
    assert backwards.predict(unseen).tolist() == ["wzyxw", "wyxzz", "yzwz"]
    assert backwards.score(unseen, ["wzyxw", "wyxzz", "yzwz"]) == 1


def test_attention_looks_where_the_token_stands(backwards):
    table = backwards.attention(["abcd"])
    assert table["target"].drop_duplicates().tolist() == ["z", "y", "x", "w", "<end>"]
    assert_allclose(table.groupby("target_place")["weight"].sum(), 1.0)
    best = table.loc[table.groupby("target_place")["weight"].idxmax()]
    looked = dict(zip(best["target"], best["source"], strict=True))
    assert sum(looked[token] == "dcba"["zyxw".index(token)] for token in "zyxw") >= 3


def test_attention_is_of_what_is_given_to_be_written(untrained):
    table = untrained.attention(["ab", "cda"], ["zz", "w"])
    first = table[table["sample"] == 0]
    assert first["target"].tolist() == ["z", "z", "z", "z", "<end>", "<end>"]
    assert first["source"].tolist() == ["a", "b"] * 3
    assert len(table) == 3 * 2 + 2 * 3
    alone = untrained.attention(["cda"], ["w"])["weight"]
    assert_allclose(table.loc[table["sample"] == 1, "weight"], alone)


def test_the_score_is_the_share_of_exact_answers(backwards):
    words = ["abcda", "cab", "ddbca", "ab"]
    right = backwards.predict(words)
    assert backwards.score(words, right) == 1
    assert backwards.score(words, [right[0], "w", right[2], ""]) == 0.5


def test_the_edit_distance_is_a_mean_of_tokens(backwards):
    words = ["abcda", "cab"]
    right = list(backwards.predict(words))
    assert backwards.edit_distance(words, right) == 0
    # One token more, and all three of the other left out.
    assert backwards.edit_distance(words, [right[0] + "w", ""]) == (1 + 3) / 2
    assert backwards.edit_distance(words, [right[0], "?" * 3]) == 3 / 2


def test_a_beam_of_width_1_is_what_predict_says(untrained):
    sequences, log_p = untrained.beam(WORDS[:9], width=1)
    assert_array_equal(sequences[:, 0], untrained.predict(WORDS[:9]))
    assert (log_p < 0).all()
    wide = clone(untrained).set_params(width=4).fit(WORDS, ANSWERS)
    best, more = wide.beam(WORDS[:9], width=4)
    assert_array_equal(wide.predict(WORDS[:9]), best[:, 0])
    assert (more[:, 0] >= log_p[:, 0] - 1e-9).all()
    assert (np.diff(more, axis=1) <= 0).all()


def test_a_beam_wider_than_there_are_answers_has_none_there(untrained):
    shortened = copy(untrained)
    shortened.longest_ = 1
    # Of one token there are five: the letters, and the end alone.
    sequences, log_p = shortened.beam(["ab"], width=9)
    assert_array_equal(np.isneginf(log_p), [[False] * 5 + [True] * 4])
    assert set(sequences[0]) == {"w", "x", "y", "z", "", None}


def test_answers_do_not_depend_on_those_beside_them(untrained):
    words = WORDS[:50] * 6  # more than are read at once
    together = untrained.predict(words)
    assert_array_equal(together[:50], together[250:])
    assert_array_equal(untrained.predict(words[7:8]), together[7:8])


def test_unseen_tokens_and_lengths_beyond_training_are_answered(backwards):
    answers = backwards.predict(["aéb", "abcd" * 20])
    assert all(set(answer) <= set("wxyz") for answer in answers)
    assert max(map(len, answers)) <= backwards.longest_ == 2 * 6


def test_answers_written_last_first_are_those_of_targets_turned_round(untrained):
    turned = [answer[::-1] for answer in ANSWERS]
    plain, model = brief().fit(WORDS, turned), brief(last_first=True).fit(WORDS, ANSWERS)
    assert model.history_ == plain.history_ != untrained.history_
    answers = model.predict(WORDS[:30])
    assert_array_equal(answers, [answer[::-1] for answer in plain.predict(WORDS[:30])])
    # What fit has learned decides, not what a parameter has been set to since.
    changed = copy(model).set_params(last_first=False)
    assert_array_equal(changed.predict(WORDS[:30]), answers)
    likeliest, log_p = model.beam(WORDS[:5], width=2)
    others, same_log_p = plain.beam(WORDS[:5], width=2)
    assert likeliest.tolist() == [[answer[::-1] for answer in row] for row in others]
    assert_allclose(log_p, same_log_p)
    assert model.score(WORDS[:30], answers) == 1
    assert model.edit_distance(WORDS, ANSWERS) == plain.edit_distance(WORDS, turned)
    written = model.attention(["ab"], ["wz"])["target"]
    assert written.tolist() == ["z", "z", "w", "w", "<end>", "<end>"]


def test_rare_tokens_are_unknown_and_never_written():
    X, y = [*WORDS[:-1], "aq"], [*ANSWERS[:-1], "wu"]
    model = brief(min_count=2).fit(X, y)
    assert "q" not in model.source_vocabulary_.tokens_
    assert "u" not in model.target_vocabulary_.tokens_
    assert all(set(answer) <= set("wxyz") for answer in model.predict(["q", "ab"]))
    # What is unknown in y is told by no answer.
    assert model.score(["ab"], ["u"]) == 0


def test_words_by_a_tokenizer_become_words():
    X = [" ".join(words) for words in told(WORDS, NUMERALS)]
    y = [" ".join(words) for words in told(ANSWERS, NUMERALS)]
    model = small(source_tokenizer="words", target_tokenizer="words").fit(X, y)
    assert model.predict(["one two three"]).tolist() == ["trois deux un"]


def test_a_function_may_be_the_tokenizer_of_y():
    y = [" ".join(words) for words in told(ANSWERS, NUMERALS)]
    model = brief(target_tokenizer=str.split).fit(WORDS, y)
    answer = model.predict(["ab"])[0]
    assert isinstance(answer, list)
    assert set(model.attention(["ab"])["target"]) == {*answer, "<end>"}


def test_lists_of_tokens_become_lists():
    X, y = (told(letters, [1, 2, 3, 4] * 2) for letters in (WORDS, ANSWERS))
    model = small().fit(X, y)
    answers = model.predict(objects([[1, 2], [3, 4]]))
    assert answers.dtype == object
    assert answers.tolist() == [[2, 1], [4, 3]]
    assert model.score(X, y) > 0.9


def test_answers_may_be_empty():
    y = [
        "" if word.startswith("a") else answer for word, answer in zip(WORDS, ANSWERS, strict=True)
    ]
    assert small().fit(WORDS, y).predict(["abb", "add", "bc"]).tolist() == ["", "", "yx"]


# --- numbers


STARTS = RNG.normal(5, 2, 120)
NUMBERS = np.full((120, 3, 1), np.nan)
NUMBERS[:, 0, 0] = STARTS
NUMBERS[60:, 1, 0] = STARTS[60:]
# As many rows as X has, of the value and its double.
DOUBLED = np.concatenate([NUMBERS, 2 * NUMBERS], axis=2)[:, :2]


def test_numbers_become_numbers():
    model = small(epochs=60).fit(NUMBERS, DOUBLED)
    answers = model.predict(NUMBERS)
    assert answers.shape == (120, 2, 2)
    assert_array_equal(np.isnan(answers), np.isnan(DOUBLED))
    assert model.score(NUMBERS, DOUBLED) > 0.95
    assert model.target_vocabulary_ is None
    table = model.attention(NUMBERS[60:61])
    assert table["source"].tolist() == [0, 1] * 2
    assert table["target"].tolist() == [0, 0, 1, 1]
    with pytest.raises(InputError, match="beam is of tokens, and y was numbers"):
        model.beam(NUMBERS)
    with pytest.raises(InputError, match="edit_distance is of tokens"):
        model.edit_distance(NUMBERS, DOUBLED)


def test_numbers_are_written_last_first():
    turned = DOUBLED.copy()
    turned[60:] = turned[60:, ::-1]  # of the others there is one timestep
    plain, model = brief().fit(NUMBERS, turned), brief(last_first=True).fit(NUMBERS, DOUBLED)
    answer, other = plain.predict(NUMBERS), model.predict(NUMBERS)
    for one, two in zip(answer, other, strict=True):
        inside = ~np.isnan(one[:, 0])
        assert_array_equal(two[inside], one[inside][::-1])
    assert_array_equal(np.isnan(answer), np.isnan(other))
    # A score of what `predict` says itself is 1 only where both sides stand in the same order.
    assert_allclose(model.score(NUMBERS, model.predict(NUMBERS)), 1)


def test_the_score_of_numbers_is_the_share_of_variance():
    model = small(epochs=1).fit(NUMBERS, DOUBLED)
    answer = np.tile(model.target_.mean, (120, 2, 1))
    written = model.predict(NUMBERS)[:, :2]
    answer[:, : written.shape[1]][~np.isnan(written)] = written[~np.isnan(written)]
    known = ~np.isnan(DOUBLED[:, :, 0])
    errors = answer[known] - DOUBLED[known]
    spread = DOUBLED[known] - DOUBLED[known].mean(axis=0)
    assert_allclose(model.score(NUMBERS, DOUBLED), 1 - (errors**2).sum() / (spread**2).sum())


# --- scikit-learn's manners


def test_it_is_cloned_searched_and_split_as_any_estimator():
    X, y = objects(WORDS[:48]), objects(ANSWERS[:48])
    rates = {"learning_rate": [0.01, 0.02]}
    search = GridSearchCV(brief(), rates, cv=KFold(2), refit=False, error_score="raise").fit(X, y)
    assert set(search.best_params_) == {"learning_rate"}
    assert len(cross_val_predict(brief(), X, y, cv=2)) == 48
    part, _, part_y, _ = train_test_split(X, y, train_size=24, random_state=0)
    assert len(brief().fit(part, part_y).predict(X)) == 48
    assert clone(small(width=3)).get_params() == small(width=3).get_params()


def test_the_same_seed_learns_the_same_and_another_seed_another(untrained):
    again = brief().fit(WORDS, ANSWERS)
    assert again.history_ == untrained.history_
    assert brief(random_state=1).fit(WORDS, ANSWERS).history_ != untrained.history_


def test_patience_keeps_the_best_weights():
    by_chance = np.random.default_rng(0).permutation(ANSWERS)
    model = small(epochs=40, patience=1, validation_fraction=0.03).fit(WORDS, by_chance)
    losses = [record["validation_loss"] for record in model.history_]
    assert len(losses) < 40
    assert np.argmin(losses) == len(losses) - 3


def test_ctrl_c_keeps_what_was_learned(monkeypatch):
    epoch, count = Trainer.epoch, iter(range(1, 100))

    def pressed(*args):
        if next(count) == 3:
            raise KeyboardInterrupt
        return epoch(*args)

    monkeypatch.setattr(Trainer, "epoch", pressed)
    with pytest.warns(FitInterrupted, match="ends after 2 of 5 epochs"):
        model = small(epochs=5).fit(WORDS, ANSWERS)
    assert len(model.history_) == 2
    assert len(model.predict(["ab"])) == 1


# --- refusals


@pytest.mark.parametrize(
    ("X", "y", "fault"),
    [
        (["a", "b"], ["x"], "X has 2 sequences, y 1"),
        (["a"], None, "requires y to be passed"),
        ([], [], "X must have shape"),
        (["a", "", "b"], ["x", "y", "z"], "sequence 1 is empty"),
        (["a", "b"], ["", ""], "hold no token"),
        ([[1, 2], [3]], ["x", "y"], "may be tokens or not"),
        (objects([["a", None, "b"]]), ["x"], "token 1 of sequence 0 is None"),
        ([[[1.0], [np.nan], [2.0]]], ["x"], "sequence 0 has NaN at timestep 1"),
        ([[[np.nan], [np.nan]]], ["x"], "sequence 0 is empty"),
        (["a"], [[np.inf]], "y contains infinity"),
    ],
)
def test_wrong_pairs_are_refused(X, y, fault):
    with pytest.raises(InputError, match=fault):
        brief().fit(X, y)


def test_one_text_is_no_list_of_them(untrained):
    with pytest.raises(InputTypeError, match="X is one text"):
        untrained.predict("ab")
    with pytest.raises(InputTypeError, match="y is one text"):
        untrained.score(["ab"], "zy")


@pytest.mark.parametrize("method", ["score", "edit_distance"])
def test_what_is_judged_needs_pairs(untrained, method):
    with pytest.raises(InputError, match="X has 1 sequences, y 2"):
        getattr(untrained, method)(["ab"], ["x", "y"])
    with pytest.raises(InputError, match="requires y"):
        getattr(untrained, method)(["ab"], None)
    with pytest.raises(InputError, match="sequence 0 is empty"):
        getattr(untrained, method)([""], ["x"])


@pytest.mark.parametrize(
    "wrong", [{"cell": "simple"}, {"units": 0}, {"width": 0}, {"layers": 0}, {"epochs": 0}]
)
def test_wrong_parameters_are_refused(wrong):
    with pytest.raises(InputError, match=f"^{next(iter(wrong))} of SequenceToSequence must be"):
        SequenceToSequence(**wrong).fit(WORDS, ANSWERS)


def test_patience_asks_for_two_samples():
    with pytest.raises(InputError, match="there is only one"):
        brief(patience=2).fit(["a"], ["b"])


# --- files and processes

LOADED = """
import sys
from forecast import load
model = load("model.seqcast")
print(model.predict(["abcda", "cab"]).tolist(), model.attention(["ab"])["weight"].sum().round(6))
print({"tensorflow", "keras", "matplotlib"} & set(sys.modules))
"""


def test_a_loaded_estimator_answers_alike_without_tensorflow(backwards, tmp_path):
    save(backwards, tmp_path / "model.seqcast")
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    said, heavy = done.stdout.splitlines()
    assert heavy == "set()"
    assert said.startswith(str(backwards.predict(["abcda", "cab"]).tolist()))


def test_a_pickle_and_a_file_answer_alike(tmp_path):
    model = small(epochs=1).fit(NUMBERS, DOUBLED)
    loaded = load(save(model, tmp_path / "model.seqcast"))
    pickled = pickle.loads(pickle.dumps(model))
    for other in (loaded, pickled):
        assert_array_equal(other.predict(NUMBERS[:5]), model.predict(NUMBERS[:5]))
        assert other.history_ == model.history_
