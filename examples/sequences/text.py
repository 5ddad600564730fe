"""Text, character by character: docstrings of the running Python, learned and written on.

A network and counts of runs of characters (n-grams by Kneser and Ney) each give probabilities to
the next character, and the generator takes their mean. Counts know by heart what often stands
together; the network sees that a bracket is still open. Whole modules are held out, since the
docstrings of one module resemble one another.

The score is the bits that a character takes on average. Beside it stand the counts alone and three
compressors of the standard library, which are asked how many bits the modules held out add to the
others. They have an advantage: they go on learning in what they compress. A page of what the models
write goes to the file text.txt.
"""

from __future__ import annotations

import bz2
import lzma
import sysconfig
import zlib
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from docstrings import BETWEEN, added_bits, bits_per_character, parted, texts_by_module
from showing import arguments, show

from forecast import SequenceGenerator

ORDER = 8  # characters of the longest run that is counted
COMPRESSORS = {
    "xz": lambda text: lzma.compress(text, preset=9 | lzma.PRESET_EXTREME),
    "bz2": bz2.compress,
    "zlib": lambda text: zlib.compress(text, 9),
}
BEGINNINGS = ("Return the ", "Raise ", "The file ", "This module ")
TEMPERATURES = (0.5, 0.8)


def main(argv: Sequence[str] | None = None) -> None:
    """Learn from docstrings, print the bits of each model, write a page of samples."""
    args = arguments(__doc__, argv)
    folder = Path(sysconfig.get_paths()["stdlib"])
    learned, asked = parted(texts_by_module(folder / "asyncio" if args.quick else folder))
    characters = sum(map(len, learned))
    print(f"{characters} characters to learn from, {sum(map(len, asked))} to tell, such as these:")
    print(asked[0][:200].rstrip())

    mixture = both(args.quick, args.seed).fit(learned)
    counts = SequenceGenerator(order=ORDER, epochs=0).fit(learned)
    models = {"network and counts": mixture, "counts of characters": counts}
    bits = {name: bits_per_character(model, asked) for name, model in models.items()}
    for name, compress in COMPRESSORS.items():
        bits[name] = added_bits(compress, learned, asked)

    longest = 40 if args.quick else 300
    page = "\n\n".join(samples(name, model, longest, args.seed) for name, model in models.items())
    path = args.out / "text.txt"
    path.write_text(page + "\n", encoding="utf-8")
    print(f"\n{page[:1200]}\n\n(more of it in {path})\n")
    print(f"the share of the network in the mean is {mixture.model_.share:.2f}")
    show("bits per character", bits)


def both(quick: bool, seed: int) -> SequenceGenerator:
    """Return a generator of both parts."""
    return SequenceGenerator(
        order=ORDER,
        units=8 if quick else 128,
        epochs=1 if quick else 3,
        batch_size=32,
        timesteps=64,
        learning_rate=0.006,
        random_state=seed,
    )


def samples(name: str, model: SequenceGenerator, longest: int, seed: int) -> str:
    """Return what a model writes after some beginnings, at two temperatures."""
    lines = [f"=== {name}"]
    for number, (temperature, beginning) in enumerate(product(TEMPERATURES, BEGINNINGS)):
        # A docstring begins behind the end of another one.
        (text,) = model.sample(
            prefix=BETWEEN + beginning,
            temperature=temperature,
            longest=longest,
            random_state=seed + number,
        )
        docstring = text.removeprefix(BETWEEN).split(BETWEEN)[0]
        lines.append(f"--- temperature {temperature}\n{docstring}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
