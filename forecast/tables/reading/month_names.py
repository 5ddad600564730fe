"""Names of months, in four languages, as numbers."""

from __future__ import annotations

import unicodedata

# January to December in English, German, French and Spanish, without accents.
_MONTHS = (
    "january januar janvier enero",
    "february februar fevrier febrero",
    "march marz mrz mars marzo",
    "april avril abril",
    "may mai mayo",
    "june juni juin junio",
    "july juli juillet julio",
    "august aout agosto",
    "september septembre septiembre",
    "october oktober octobre octubre",
    "november novembre noviembre",
    "december dezember decembre diciembre",
)
_SHORTEST = 3  # letters of an abbreviation: "Ma" may be March or May


def month_number(word: str) -> int | None:
    """Return 1 to 12 for the name of a month or its beginning; None for any other word.

    A beginning that several months share, such as the French "jui", is none.
    """
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().casefold()
    if len(plain) < _SHORTEST:
        return None
    found = []
    for number, names in enumerate(_MONTHS, 1):
        if any(name.startswith(plain) for name in names.split()):
            found.append(number)
    return found[0] if len(found) == 1 else None
