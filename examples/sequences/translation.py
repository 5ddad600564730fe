"""Dates and numbers between English, French and digits, by one network for all six directions.

It is learned from pairs such as ">fr March 9, 1987" and "9 mars 1987": the first token asks for the
language of the answer, that of the question has to be seen. French counts by scores from sixty on
(97 is quatre-vingt-dix-sept), English writes the day behind the month, and digits put the year
first, so word for word is not enough. No date and no number that is judged was learned from in any
language. Beside the network stands a dictionary: the word that goes with each word most often, in
the order of the question. The picture shows where the network looks while it writes.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from showing import arguments, show

from forecast import AttentionDisplay, SequenceToSequence

Thing = datetime.date | int
Pair = tuple[str, str]

LANGUAGES = ("en", "fr", "digits")
MOST = 1_000_000  # numbers are below


def _lists(**texts: str) -> dict[str, list[str]]:
    """Return the words of each language."""
    return {language: text.split() for language, text in texts.items()}


UNITS = _lists(
    en="zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    fr="zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf",
)
TENS = _lists(
    en="twenty thirty forty fifty sixty seventy eighty ninety",
    fr="vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt",
)
MONTHS = _lists(
    en="January February March April May June July August September October November December",
    fr="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Learn to translate, show some translations and where the network looked for them."""
    args = arguments(__doc__, argv)
    rng = np.random.default_rng(args.seed)
    learned, judged = pairs(60 if args.quick else 12_000, 30 if args.quick else 600, rng)
    print(f"{len(learned)} pairs, such as")
    for question, answer in learned[:3]:
        print(f"  {question} = {answer}")

    model = SequenceToSequence(
        source_tokenizer=pieces,
        target_tokenizer=pieces,
        units=16 if args.quick else 128,
        epochs=1 if args.quick else 8,
        random_state=args.seed,
    )
    model.fit(*_sides(learned))
    questions, expected = _sides(judged)
    words = dictionary(learned)
    answers = {
        "network": ["".join(answer) for answer in model.predict(questions)],
        "word for word": [word_for_word(words, question) for question in questions],
    }

    print(f"\n{len(judged)} others, of dates and numbers never learned from, such as")
    for question, answer in list(zip(questions, answers["network"], strict=True))[:9]:
        print(f"  {question} = {answer}")
    _print_scores(questions, expected, answers)
    picture = args.out / "translation.png"
    _draw(model, [_first(questions, r">fr [A-Z]"), _first(questions, r">fr \d+$")]).savefig(picture)
    print(f"\nwhere it looks: {picture}")


def _print_scores(questions: list[str], expected: list[str], answers: dict[str, list[str]]) -> None:
    """Print the share of exact answers by the language asked for, and of all."""
    right = {name: np.array(theirs) == np.array(expected) for name, theirs in answers.items()}
    for language in LANGUAGES:
        asked = np.array([question.startswith(f">{language} ") for question in questions])
        print()
        show(
            f"into {language}", {name: float(flags[asked].mean()) for name, flags in right.items()}
        )
    print()
    show("exact", {name: float(flags.mean()) for name, flags in right.items()})


# --- the data


def pairs(learned: int, judged: int, rng: np.random.Generator) -> tuple[list[Pair], list[Pair]]:
    """Draw dates and numbers, each in two languages; none is in both parts."""
    things: dict[Thing, None] = {}
    while len(things) < learned + judged:
        things[_date(rng) if rng.random() < 0.5 else int(MOST ** rng.random())] = None
    everything = [_pair(thing, rng) for thing in things]
    # The last ones are seldom small numbers, which are drawn early.
    order = rng.permutation(len(everything))
    shuffled = [everything[place] for place in order]
    return shuffled[:learned], shuffled[learned:]


def _date(rng: np.random.Generator) -> datetime.date:
    """Draw a day from 1900 to 2099."""
    return datetime.date(1900, 1, 1) + datetime.timedelta(days=int(rng.integers(0, 73_000)))


def _pair(thing: Thing, rng: np.random.Generator) -> Pair:
    """Write something in one language, and ask for another one."""
    one, other = rng.permutation(LANGUAGES)[:2]
    return f">{other} {written(thing, one)}", written(thing, other)


def written(thing: Thing, language: str) -> str:
    """Write a date or a number in a language."""
    if isinstance(thing, int):
        number = {"en": english, "fr": french, "digits": str}
        return number[language](thing)
    if language == "digits":
        return thing.isoformat()
    month = MONTHS[language][thing.month - 1]
    if language == "en":
        return f"{month} {thing.day}, {thing.year}"
    return f"{thing.day}{'er' if thing.day == 1 else ''} {month} {thing.year}"


def english(number: int) -> str:
    """Write a number below a million in English words."""
    if number < 20:
        return UNITS["en"][number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return TENS["en"][tens - 2] + (f"-{UNITS['en'][unit]}" if unit else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    head, rest = divmod(number, size)
    if not rest:
        return f"{english(head)} {name}"
    return f"{english(head)} {name} {'and ' if rest < 100 else ''}{english(rest)}"


def french(number: int, last: bool = True) -> str:
    """Write a number below a million in French words; before "mille" it is not the last."""
    if number < 20:
        return UNITS["fr"][number]
    if number < 100:
        return _french_tens(number) + ("s" if number == 80 and last else "")
    size, name = (1000, "mille") if number >= 1000 else (100, "cent")
    head, rest = divmod(number, size)
    many = f"{french(head, last=False)} {name}" if head > 1 else name
    if not rest:
        return many + ("s" if size == 100 and head > 1 and last else "")
    return f"{many} {french(rest, last)}"


def _french_tens(number: int) -> str:
    """Write a number from 20 to 99: seventy is sixty and ten, ninety is four scores and ten."""
    tens, unit = divmod(number, 10)
    if tens in (7, 9):
        unit += 10
    if not unit:
        return TENS["fr"][tens - 2]
    gap = " et " if unit in (1, 11) and tens < 8 else "-"
    return f"{TENS['fr'][tens - 2]}{gap}{UNITS['fr'][unit]}"


# --- tokens, the baseline, the picture


def pieces(text: str) -> list[str]:
    """Return the tokens of a text: words and single digits, with the sign before them.

    Joined, they give the text back.
    """
    return re.findall(r"^>\w+ |[ -]?(?:\d|[^\W\d]+)|.", text)


def dictionary(learned: list[Pair]) -> dict[tuple[str, str], str]:
    """Return the piece of each language that goes with each piece of a question most often.

    That is the one with the highest share of common pairs in the pairs with either (Dice 1945).
    """
    alone: Counter[tuple[str, str]] = Counter()
    together: Counter[tuple[str, str, str]] = Counter()
    for question, answer in learned:
        language, *words = pieces(question)
        theirs = set(pieces(answer))
        alone.update((language, f"={piece}") for piece in theirs)
        alone.update((language, piece) for piece in set(words))
        together.update((language, word, piece) for word in set(words) for piece in theirs)
    likeness = {
        (language, word, piece): n / (alone[language, word] + alone[language, f"={piece}"])
        for (language, word, piece), n in together.items()
    }
    rising = sorted(likeness, key=lambda key: (likeness[key], key))
    return {(language, word): piece for language, word, piece in rising}


def word_for_word(words: dict[tuple[str, str], str], question: str) -> str:
    """Translate each piece of a question in turn; what is not in the dictionary stays."""
    language, *theirs = pieces(question)
    return "".join(words.get((language, word), word) for word in theirs)


def _sides(given: list[Pair]) -> tuple[list[str], list[str]]:
    """Return questions and answers."""
    questions, answers = zip(*given, strict=True)
    return list(questions), list(answers)


def _first(questions: list[str], pattern: str) -> str:
    """Return the first question of a form, or else the first of all."""
    return next((each for each in questions if re.match(pattern, each)), questions[0])


def _draw(model: SequenceToSequence, questions: list[str]) -> Any:
    """Draw the attention of some answers side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), dpi=150, layout="constrained")
    for axis, question in zip(figure.subplots(1, len(questions)), questions, strict=True):
        AttentionDisplay.from_estimator(model, [question], ax=axis)
    return figure


if __name__ == "__main__":
    main()
