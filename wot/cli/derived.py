"""What is wrong with TDs that were made of a model, and which option of the command line is to blame."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wot.cli.arguments import assignments
from wot.cli.ending import UsageError
from wot.cli.writing import Out
from wot.errors import Finding
from wot.td import Json, validate
from wot.td.node import at
from wot.td.thing_model import complete, missing

_NAMED = re.compile(r"'(\w+)'")


class Wanted(NamedTuple):
    """What is to be made of a model."""

    values: Sequence[str] = ()  # NAME=VALUE
    include: Sequence[str] = ()
    contained: bool = False
    base: str = ""
    security: str = ""
    id: str = ""
    title: str = ""
    version: str = ""
    out: Out = Out()

    @property
    def given(self) -> Mapping[str, str]:
        """The values of placeholders, as they were written."""
        for text in (*self.values, self.base, self.security, self.id, self.title, self.version):
            if any("\ud800" <= character <= "\udfff" for character in text):
                raise UsageError(f"{text!r} is no UTF-8", hint="JSON holds no other text")
        return assignments(self.values, "--set", "NAME=VALUE", "SERIAL=1234")


class Option(NamedTuple):
    """An option that was given, and where its value stands in what was made of it."""

    words: str  # `--base v7`
    places: Sequence[str]

    def hint(self, finding: Finding) -> str:
        """What to do about a finding that it has caused; empty where it has not."""
        inside = tuple(f"{place}{mark}" for place in self.places for mark in ".[")
        if finding.path in self.places or finding.path.startswith(inside):
            return f"{self.words}: {finding.hint or 'correct it'}"
        return ""


def lacks(td: Json) -> list[str]:
    """The members that keep a partial TD from being a whole one."""
    found = (_NAMED.search(finding.reason) for finding in missing(td))
    return list(dict.fromkeys(match[1] for match in found if match))


def faults(td: Json) -> list[Finding]:
    """The errors of a TD; of a partial one, as far as it goes."""
    lacking = {(finding.path, finding.reason) for finding in missing(td)}
    found = validate(_stood_in(td) if lacking else td)
    return [
        finding
        for finding in found
        if finding.severity == "error" and (finding.path, finding.reason) not in lacking
    ]


def _stood_in(td: Json) -> Json:
    """A partial TD with something for what it lacks: rules are about whole ones."""
    needed = {*lacks(td)}
    return complete(
        td,
        title="Thing" if "title" in needed else "",
        base="https://thing.example/" if needed & {"forms", "href"} and not td.get("base") else "",
        security="nosec" if needed & {"security", "securityDefinitions"} else None,
        version="1" if "instance" in needed else "",
    )


def options(wanted: Wanted, stands: Mapping[str, Sequence[str]]) -> list[Option]:
    """Those that were given; `stands` tells where the placeholders are, by name."""
    plain = {
        "base": ("--base", wanted.base),
        "id": ("--id", wanted.id),
        "title": ("--title", wanted.title),
        "version": ("--instance", wanted.version),
    }
    found = [
        Option(shlex.join(words), [at("$", member)]) for member, words in plain.items() if words[1]
    ]
    if wanted.security:
        definition = at(at("$", "securityDefinitions"), f"{wanted.security}_sc")
        words = shlex.join(["--security", wanted.security])
        found.append(Option(words, [definition]))
    for name, text in wanted.given.items():
        found.append(Option(shlex.join(["--set", f"{name}={text}"]), stands.get(name, ())))
    return found


def blamed(findings: Sequence[Finding], given: Sequence[Option]) -> list[Finding]:
    """The findings, each with the option that has caused it in its hint."""
    out: list[Finding] = []
    for finding in findings:
        hints = filter(None, (option.hint(finding) for option in given))
        out.append(finding._replace(hint=next(hints, finding.hint)))
    return out
