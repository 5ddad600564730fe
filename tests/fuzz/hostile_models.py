"""Hostile files of estimators: what accident and malice make of a file that was whole.

The kinds that change the document or the arrays pack the file anew, with the checksum that it must
have, as whoever changes it on purpose does; the others damage its bytes, or what the zip says of
its members.
"""

import copy

import numpy as np
from model_files import pack, unpack, unzipped, zipped

from forecast.persistence.archive import ARRAYS, TEXT

# What a value of the document becomes, or a number of an array.
VALUES = (None, True, False, 0, 1, -1, 2, 7, 10**3, 10**6, 10**9, 10**18, 10**400, 0.5, -2.5, 1e308)
OTHERS = ("", "a", "1", "D", "memory", "NaiveForecaster", [], [1], [[]], {}, {"tuple": []})
SPECIAL = (
    {"float": "nan"},
    {"float": "inf"},
    {"array": "a0"},
    {"dict": []},
    {"objects": [1, "a"]},
    {"labels": ["a"], "dtype": "object"},
    {"class": "Frequency", "state": {"alias": "h"}},
    {"class": "NaiveForecaster", "state": {}},
)
NUMBERS = (np.nan, np.inf, -np.inf, 0, 1, -1, 2, 100, -100, 1e6, 1e18, 1e300, -1e300)
DTYPES = ("f4", "f8", "i8", "i4", "u1", "?", "U5", "c16", "M8[s]", "m8[D]", "S3", "V4", "O")


def mutant(content, rng, kinds=None):
    """Return the name of a kind of change, and the bytes of a file after such a change."""
    kinds = kinds or KINDS
    kind = kinds[rng.integers(len(kinds))]
    if kind in DAMAGES:
        return kind.__name__, kind(content, rng)
    members = unpack(content)
    # One change in most mutants, several in some.
    for _ in range(rng.geometric(0.8)):
        kind(members, rng)
    if kind in DECLARED:
        _declare(members)
    return kind.__name__, pack(members)


# --- the document


def places(value):
    """Return (container, key) of every value inside one."""
    found = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        found.append((value, key))
        if isinstance(item, (dict, list)):
            found.extend(places(item))
    return found


def _place(members, rng, kinds=object):
    """Return a place of the document whose value is of some kind."""
    found = [
        (box, key)
        for box, key in places(members.document["estimator"])
        if isinstance(box[key], kinds)
    ]
    return found[rng.integers(len(found))] if found else ({"": 0}, "")


def replace_value(members, rng):
    """Put another value in the place of one."""
    box, key = _place(members, rng)
    pool = VALUES + OTHERS + SPECIAL
    box[key] = copy.deepcopy(pool[rng.integers(len(pool))])


def replace_plain_value(members, rng):
    """Put another number, text or flag in the place of one."""
    box, key = _place(members, rng, (int, float, str, type(None)))
    pool = VALUES + OTHERS[:6]
    box[key] = pool[rng.integers(len(pool))]


def change_number(members, rng):
    """Change a number a little, or much."""
    box, key = _place(members, rng, (int, float))
    number = box[key]
    changes = (number + 1, number - 1, -number, 2 * number, 1000 * number, number / 2)
    box[key] = changes[rng.integers(len(changes))]


def move_value(members, rng):
    """Put a value of the document in the place of another."""
    source, name = _place(members, rng)
    box, key = _place(members, rng)
    box[key] = copy.deepcopy(source[name])


def drop_value(members, rng):
    """Leave out a value."""
    box, key = _place(members, rng)
    del box[key]


def repeat_value(members, rng):
    """Write a value of a list twice, or one of an object under a further name."""
    box, key = _place(members, rng)
    if isinstance(box, list):
        box.insert(key, copy.deepcopy(box[key]))
    else:
        names = ("x", "predict", "_answer", "_memory", "__class__", f"{key}_", f"_{key}")
        box[names[rng.integers(len(names))]] = copy.deepcopy(box[key])


def rename_key(members, rng):
    """Call a value by the name of another."""
    box, key = _place(members, rng)
    _, name = _place(members, rng)
    if isinstance(box, dict):
        box[str(name)] = box.pop(key)


# --- the arrays


def _key(members, rng):
    """Return the key of an array."""
    return sorted(members.arrays)[rng.integers(len(members.arrays))]


def change_entry(members, rng):
    """Change one number of an array."""
    key = _key(members, rng)
    array = members.arrays[key].copy()
    if array.size:
        with np.errstate(all="ignore"):
            value = np.array(NUMBERS[rng.integers(len(NUMBERS))]).astype(array.dtype)
        array.flat[rng.integers(array.size)] = value
    members.arrays[key] = array


def flip_bits(members, rng):
    """Flip bits of an array."""
    key = _key(members, rng)
    array = members.arrays[key].copy()
    raw = bytearray(array.tobytes())
    for place in rng.integers(len(raw), size=min(3, len(raw))) if raw else ():
        raw[place] ^= 1 << rng.integers(8)
    members.arrays[key] = np.frombuffer(bytes(raw), array.dtype).reshape(array.shape)


def change_dtype(members, rng):
    """Keep the numbers of an array in another type."""
    key = _key(members, rng)
    dtype = DTYPES[rng.integers(len(DTYPES))]
    array = members.arrays[key]
    try:
        with np.errstate(all="ignore"):
            members.arrays[key] = array.astype(dtype)
    except (TypeError, ValueError):
        members.arrays[key] = np.zeros(array.shape, dtype)


def change_shape(members, rng):
    """Give an array another shape."""
    key = _key(members, rng)
    array = members.arrays[key]
    shapes = (
        array.ravel(),
        array[None],
        array[..., None],
        array.T,
        array[:0] if array.ndim else array,
        array[:-1] if array.ndim else array,
        array[1:] if array.ndim else array,
        np.concatenate([array, array]) if array.ndim else array,
        array[..., :-1] if array.ndim else array,
        np.zeros(()),
    )
    members.arrays[key] = shapes[rng.integers(len(shapes))]


def swap_arrays(members, rng):
    """Put two arrays in each other's place."""
    one, other = _key(members, rng), _key(members, rng)
    members.arrays[one], members.arrays[other] = members.arrays[other], members.arrays[one]


def drop_or_add_array(members, rng):
    """Leave out an array, or add one that nothing names."""
    if rng.integers(2):
        del members.arrays[_key(members, rng)]
    else:
        members.arrays["a999"] = np.zeros(3)


# --- the bytes and the zip


def flip_a_byte(content, rng):
    """Damage a few bytes."""
    damaged = bytearray(content)
    for place in rng.integers(len(damaged), size=rng.integers(1, 4)):
        damaged[place] ^= 1 << rng.integers(8)
    return bytes(damaged)


def cut_short(content, rng):
    """Lose the end of the file, or a piece in the middle."""
    begin, end = sorted(rng.integers(len(content), size=2))
    return content[:begin] if rng.integers(2) else content[:begin] + content[end:]


def change_members(content, rng):
    """Add, repeat, rename or leave out a member."""
    contents = unzipped(content)
    name = (TEXT, ARRAYS)[rng.integers(2)]
    changed = (
        contents | {"readme.txt": b"hello"},
        {key: value for key, value in contents.items() if key != name},
        contents | {name: b""},
        contents | {name: contents[name][: rng.integers(len(contents[name]))]},
        contents | {name: contents[TEXT if name == ARRAYS else ARRAYS]},
        {f"../{key}": value for key, value in contents.items()},
    )
    return zipped(changed[rng.integers(len(changed))])


def change_a_header(content, rng):
    """Let the zip say something else of a member: its sizes, method, flags or offset."""
    damaged = bytearray(content)
    signature = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")[rng.integers(3)]
    starts = [n for n in range(len(content) - 4) if content[n : n + 4] == signature]
    begin = starts[rng.integers(len(starts))]
    place = min(begin + int(rng.integers(4, 46)), len(damaged) - 1)
    damaged[place] = rng.integers(256)
    return bytes(damaged)


DAMAGES = (flip_a_byte, cut_short, change_members, change_a_header)
# The document says what the arrays are: these mutants say it anew, others lie.
DECLARED = (change_dtype, change_shape, swap_arrays)
CHANGES = (
    replace_value,
    replace_plain_value,
    change_number,
    move_value,
    drop_value,
    repeat_value,
    rename_key,
    change_entry,
    flip_bits,
    *DECLARED,
    drop_or_add_array,
)
KINDS = CHANGES + DAMAGES


def _declare(members):
    """Let the document say what the arrays are."""
    for box, key in places(members.document["estimator"]):
        if key == "array" and isinstance(box, dict) and "dtype" in box:
            array = members.arrays.get(box["array"])
            if array is not None:
                box.update(dtype=array.dtype.str, shape=list(array.shape))
