"""Python names for what a Thing Description calls as it likes."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

_LONGEST = 60
TYPING = ("Annotated", "Any", "Literal", "NotRequired", "TypedDict")
MSGSPEC = ("UNSET", "Meta", "UnsetType")
_BUILT_IN = ("bool", "bytes", "dict", "float", "int", "list", "str", "tuple")
# What the modules use under these names; nothing else in them may have them.
USED = frozenset((*TYPING, *MSGSPEC, *_BUILT_IN, "NotImplementedError", "dt", "uuid", "wot"))


class Names:
    """Names that are given once each."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self._counts: dict[str, int] = {}

    def take(self, wanted: str, separator: str = "") -> str:
        """`wanted`, or with a number behind it where somebody else has it."""
        name = wanted
        while name in self.taken:
            count = self._counts[wanted] = self._counts.get(wanted, 1) + 1
            name = f"{wanted}{separator}{count}"
        self.taken.add(name)
        return name


def is_name(text: str) -> bool:
    """Whether `text` is a Python identifier, is no keyword, and stays what it is."""
    return (
        text.isidentifier()
        and not keyword.iskeyword(text)
        # Python reads identifiers in this form, so others would come out as something else.
        and unicodedata.normalize("NFKC", text) == text
    )


def is_member_name(text: str) -> bool:
    """Whether `text` can name a member or a parameter: Python changes __names within classes."""
    return is_name(text) and not text.startswith("__")


def is_attribute(text: str) -> bool:
    """Whether `text` can be an attribute that is meant for everybody."""
    return is_name(text) and not text.startswith("_") and len(text) <= _LONGEST


def snake(text: str, fallback: str) -> str:
    """An identifier made of what `text` has of one."""
    found = "_".join(_words(text)) or fallback
    found = found if found.isidentifier() else f"{fallback}_{found}"
    found = found[:_LONGEST].rstrip("_")
    return f"{found}_" if keyword.iskeyword(found) else found


def pascal(text: str, fallback: str = "Thing") -> str:
    """An identifier for a class, made of what `text` has of one."""
    found = "".join(word[0].upper() + word[1:] for word in _words(text))
    found = found if found.isidentifier() else f"{fallback}{found}"
    found = unicodedata.normalize("NFKC", found[:_LONGEST])
    return found if is_name(found) else fallback


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text[: 4 * _LONGEST])
    return [word for word in re.split(r"[\W_]+", plain) if word and f"a{word}".isidentifier()]
