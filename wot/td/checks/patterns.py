"""Patterns as ECMA-262 has them (section 22.2.1 with Annex B.1.2, without flags), read once from left to right.

What is legal there is legal in a TD, whatever other engines make of it; what is not legal there is an error.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

_LOOK = "look-around and back-references are not checked everywhere"
# Escapes that mean something in other dialects, and here the letter.
_LETTERS = frozenset("AZzGhHRXQEKea")


class Reading(NamedTuple):
    """What is wrong with a pattern, and what makes it mean something else elsewhere; "" for nothing."""

    fault: str = ""
    doubt: str = ""
    hint: str = ""


@functools.lru_cache(maxsize=512)
def read(pattern: str) -> Reading:
    """What ECMA-262 says of a pattern."""
    reader = _Reader(pattern)
    try:
        reader.read()
    except _Fault as fault:
        return Reading(fault=str(fault), hint=fault.hint)
    return Reading("", *reader.doubt)


class _Fault(ValueError):
    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


class _Group:
    """A group that is open, and the names of groups within it: of the alternative at hand, and of those before."""

    __slots__ = ("before", "here", "repeatable")

    def __init__(self, repeatable: bool) -> None:
        self.repeatable = repeatable
        self.here: set[str] = set()
        self.before: set[str] = set()


_LITERALS = re.compile(r"[^\\\[()|^$*+?{]+")
_BRACES = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_FLAGS = re.compile(r"\(\?([a-z]*)(?:(-)([a-z]*))?([:)])")
_NAME = re.compile(r"<((?:[^>\\]|\\u[0-9A-Fa-f]{4}|\\u\{0*[0-9A-Fa-f]{1,6}\})+)>")
_CODE = re.compile(r"\\u\{?([0-9A-Fa-f]+)\}?")
# A group with a name; escapes and classes are passed over.
_TOKENS = re.compile(r"\\.?|\[(?:\\.?|[^\]\\])*|(\(\?<(?![=!]))", re.DOTALL)
_OCTAL = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_NUMBER = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})")
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "b": 8}
_OTHERS = {
    "(?P<": ("a group is named otherwise in ECMA-262", "write (?<name>…)"),
    "(?P=": ("a group is referred to otherwise in ECMA-262", "write \\k<name>"),
    "(?#": ("ECMA-262 has no comments in patterns", "leave it out"),
    "(?>": ("ECMA-262 has no atomic groups", "write (?:…)"),
}


class _Reader:
    __slots__ = ("active", "at", "doubt", "groups", "has_names", "names", "text", "wanted")

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.doubt = ("", "")
        self.groups = [_Group(False)]
        self.active: set[str] = (
            set()
        )  # names that may take part in a match together with the next one
        self.names: set[str] = set()
        self.wanted: list[str] = []
        self.has_names = "(?<" in text and any(match[1] for match in _TOKENS.finditer(text))

    def read(self) -> None:
        """The whole pattern; _Fault where it is none."""
        text, end = self.text, len(self.text)
        repeatable = False  # whether what has just been read may be repeated
        while self.at < end:
            literals = _LITERALS.match(text, self.at)
            if literals:
                self.at, repeatable = literals.end(), True
            else:
                repeatable = self._step(text[self.at], repeatable)
        if len(self.groups) > 1:
            raise _Fault("a ( has no )", "close it, or write \\( for the character")
        for name in self.wanted:
            if name not in self.names:
                raise _Fault(f"no group has the name {name!r}")

    def _step(self, char: str, repeatable: bool) -> bool:
        if char == "\\":
            return self._escape()
        if char == "(":
            return self._open()
        if char == ")":
            return self._close()
        if char == "[":
            return self._class()
        if char in "*+?{":
            return self._repeat(char, repeatable)
        if char == "|":
            self._alternative()
        self.at += 1
        return False  # |, ^ and $

    def _repeat(self, char: str, repeatable: bool) -> bool:
        braces = _BRACES.match(self.text, self.at) if char == "{" else None
        if char == "{" and braces is None:  # itself
            self.at += 1
            return True
        if not repeatable:
            reason = f"there is nothing for the {char} at character {self.at + 1} to repeat"
            raise _Fault(reason, f"write \\{char} for the character")
        if braces and braces[3] and _size(braces[1]) > _size(braces[3]):
            raise _Fault(f"{braces[0][:60]} goes from more to less", "exchange the numbers")
        self.at = braces.end() if braces else self.at + 1
        if self.text.startswith("?", self.at):
            self.at += 1
        return False

    # ── groups ──

    def _open(self) -> bool:
        text, at = self.text, self.at
        mark = text[at : at + 4]
        if not mark.startswith("(?"):
            self._enter(1, True)
        elif mark[2:3] in (":", "=", "!"):
            self._enter(3, True)
            if mark[2] != ":":
                self.doubt = _LOOK, ""
        elif mark in ("(?<=", "(?<!"):
            self._enter(4, False)  # the only group that cannot be repeated
            self.doubt = _LOOK, ""
        elif mark[2:3] == "<":
            self._named()
        else:
            self._flagged(mark)
        return False

    def _enter(self, width: int, repeatable: bool) -> None:
        self.at += width
        self.groups.append(_Group(repeatable))

    def _named(self) -> None:
        name = self._name(self.at + 2)
        if name in self.active:
            raise _Fault(f"two groups have the name {name!r}", "give each its own")
        self.names.add(name)
        self.active.add(name)
        self.groups[-1].here.add(name)
        self.groups.append(_Group(True))

    def _name(self, start: int) -> str:
        """The name between < and >, which is an identifier."""
        match = _NAME.match(self.text, start)
        name = _decoded(match[1]) if match else ""
        if match is None or not _is_identifier(name):
            raise _Fault(
                f"there is no name of a group at character {start + 1}",
                "a name is made of letters, digits, _ and $, and does not begin with a digit",
            )
        self.at = match.end()
        return name

    def _flagged(self, mark: str) -> None:
        match = _FLAGS.match(self.text, self.at)
        if match is None or match[4] == ")":
            reason, hint = _OTHERS.get(mark, _OTHERS.get(mark[:3], ("", "")))
            if match is not None and match[1]:
                reason = "in ECMA-262 flags are those of a group"
                hint = f"write (?{match[1]}:…) around what they are for"
            raise _Fault(
                reason or f"there is no group that begins with {mark[:3]}",
                hint or "write \\( for the character",
            )
        flags = match[1] + (match[3] or "")
        if not flags or set(flags) - set("ims") or len(set(flags)) < len(flags):
            hint = "the flags of a group are i, m and s, each once"
            raise _Fault(f"{match[0][:60]} has flags that there are not", hint)
        self.doubt = "flags of a group are new in ECMA-262, and not known everywhere", ""
        self._enter(len(match[0]), True)

    def _alternative(self) -> None:
        group = self.groups[-1]
        self.active -= group.here
        group.before = _merged(group.before, group.here)
        group.here = set()

    def _close(self) -> bool:
        if len(self.groups) == 1:
            reason = f"the ) at character {self.at + 1} closes nothing"
            raise _Fault(reason, "write \\) for the character")
        group = self.groups.pop()
        self.active |= group.before
        around = self.groups[-1]
        around.here = _merged(around.here, _merged(group.before, group.here))
        self.at += 1
        return group.repeatable

    # ── escapes and classes ──

    def _escape(self) -> bool:
        char = self.text[self.at + 1 : self.at + 2]
        if not char:
            raise _Fault("it ends with a \\", "write \\\\ for the character")
        if char == "c" and not _is_letter(self.text[self.at + 2 : self.at + 3]):
            self.at += 1  # the \ stands for itself
            return True
        if char == "k" and self.has_names:
            self.wanted.append(self._name(self.at + 2))
            self.doubt = _LOOK, ""
            return True
        if char in "123456789":
            self.doubt = _LOOK, ""
        elif char in _LETTERS and not self.doubt[0]:
            self._doubt_letter(char)
        self.at += 2
        return char not in "bB"

    def _doubt_letter(self, char: str) -> None:
        hint = {"A": "write ^", "Z": "write $", "z": "write $"}.get(
            char, f"write {char}, or mend it"
        )
        self.doubt = (
            f"\\{char} is the letter {char} in ECMA-262, and not what it is elsewhere",
            hint,
        )

    def _class(self) -> bool:
        text, start = self.text, self.at
        self.at += 2 if text.startswith("^", start + 1) else 1
        while self.at < len(text):
            if text[self.at] == "]":
                self.at += 1
                return True
            if text.startswith("[:", self.at) and not self.doubt[0]:
                reason = "[:…:] is a set of these characters in ECMA-262, and no name of a class"
                self.doubt = reason, "write the characters, such as a-z"
            begin = self.at
            low = self._one()
            if text.startswith("-", self.at) and text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                self._check_range(low, self._one(), text[begin : self.at])
        raise _Fault(
            f"the [ at character {start + 1} has no ]", "close it, or write \\[ for the character"
        )

    def _check_range(self, low: int | None, high: int | None, shown: str) -> None:
        if low is None or high is None:  # a class at one end: then the - is itself
            return
        if max(low, high) > 0xFFFF and low <= high:  # two units each, which make another range
            reason = "a range of characters beyond U+FFFF is one with the flag u only"
        elif low <= high:
            return
        elif high == 0x2D and shown.endswith("--"):
            reason = "the difference of two classes is one with the flag v only"
        else:
            raise _Fault(f"the range {shown[:60]} goes backwards", "exchange its ends")
        self.doubt = reason, ""

    def _one(self) -> int | None:
        """One character of a class, or of a range in it; None for a class such as \\d."""
        text, at = self.text, self.at
        if text[at] != "\\":
            self.at += 1
            return ord(text[at])
        char = text[at + 1 : at + 2]
        if not char:
            raise _Fault("it ends with a \\", "write \\\\ for the character")
        if char == "c":
            return self._control(text[at + 2 : at + 3])
        if char == "k" and self.has_names:
            raise _Fault("\\k in a class refers to nothing", "write k")
        match = _OCTAL.match(text, at + 1) or _NUMBER.match(text, at + 1)
        if match:
            self.at = match.end()
            return int(match[0], 8) if char in "01234567" else int(match[1] or match[2], 16)
        self.at += 2
        return None if char in "dDsSwW" else _CONTROLS.get(char, ord(char))

    def _control(self, letter: str) -> int:
        if letter and (_is_letter(letter) or letter in "0123456789_"):
            self.at += 3
            return ord(letter) % 32
        self.at += 1
        return 0x5C


def _merged(some: set[str], others: set[str]) -> set[str]:
    """Both in the larger of the two: so that each name moves seldom, however deep it is."""
    if len(some) < len(others):
        some, others = others, some
    some |= others
    return some


def _size(digits: str) -> tuple[int, str]:
    bare = digits.lstrip("0")
    return len(bare), bare


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _decoded(name: str) -> str:
    """A name with its escapes resolved, surrogates joined; "" where that cannot be."""
    try:
        plain = _CODE.sub(lambda match: chr(int(match[1], 16)), name)
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")
    except (ValueError, OverflowError):
        return ""


_SIGNS = "$_\u200c\u200d"
_LETTERLIKE = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Nl"])
_WITHIN = _LETTERLIKE | {"Mn", "Mc", "Nd", "Pc"}


def _is_identifier(name: str) -> bool:
    """By categories as well: Python's own identifiers leave out what does not survive normalization."""
    return bool(name) and _starts(name[0]) and all(map(_continues, name[1:]))


def _starts(char: str) -> bool:
    return char in "$_" or char.isidentifier() or unicodedata.category(char) in _LETTERLIKE


def _continues(char: str) -> bool:
    return char in _SIGNS or f"_{char}".isidentifier() or unicodedata.category(char) in _WITHIN
