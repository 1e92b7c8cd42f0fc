"""What a document costs as linked data, told before it is parsed: the parser itself knows no limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

from wot.errors import Finding, InvalidTD
from wot.td.inlining import Inlining, size
from wot.td.node import Json, is_array, is_object

# TD 1.1 section 11, security-jsonld-expansion. A million steps take less than half a second.
_STEPS = 6_000_000
_DEFINITIONS = 200  # of terms in use, in the document itself; the parser follows prefixes of prefixes by recursion
_CHARACTERS = 1 << 27  # of all triples together, beyond what the document has


class Survey(NamedTuple):
    """What a document is made of, its own `@context` apart."""

    words: Counter[str]  # names of members, and strings
    values: int
    steps: int
    repeated: int  # characters that each triple may repeat

    @classmethod
    def of(cls, json: Json) -> Self:
        """Looks at every value once, level by level."""
        found: Counter[str] = Counter(name for name in json if name != "@context")
        level = [json[name] for name in found]
        depth = values = steps = 0
        names, ids = set(found), [json.get("id"), json.get("@id")]
        while level:
            depth += 1
            values += len(level)
            steps += len(level) * depth  # the parser buffers every object as a whole
            inner: list[Any] = []
            for value in level:
                if is_object(value):
                    steps += len(value) * depth
                    names.update(value)
                    found.update(value.keys())
                    ids += [value[name] for name in ("id", "@id") if name in value]
                    inner += value.values()
                elif is_array(value):
                    inner += value
            found.update([value for value in level if isinstance(value, str)])
            level = inner
        repeated = _longest(names) + _longest(name for name in ids if isinstance(name, str))
        return cls(found, values, steps, repeated)


def _longest(texts: Iterable[str]) -> int:
    return max(map(len, texts), default=0)


def _check_definitions(inlining: Inlining, used: set[str]) -> None:
    """Raises InvalidTD where the parser would take too much of the stack."""
    own = sum(len(part.keys() & used) for part in inlining.own)
    if own > _DEFINITIONS:
        reason = f"its contexts define {own} of the terms it uses"
        hint = f"up to {_DEFINITIONS} are read; give a larger vocabulary as contexts={{'…': {{…}}}}"
        raise InvalidTD([Finding("$['@context']", reason, hint)])


def check_work(survey: Survey, inlining: Inlining, used: set[str], context: Any) -> None:
    """Raises InvalidTD where parsing would take long, or the triples much more room than the document."""
    _check_definitions(inlining, used)
    own = [value for part in inlining.own for value in part.values()]
    repeated = survey.repeated + len(inlining.base) + sum(len(str(value)) for value in own)
    if not all(isinstance(value, str) and ":" in value for value in own):
        repeated += _longest(survey.words)  # a term may be another name for @id
    names = {name for part in inlining.parts for name in _scoped(part, used)}
    scopes = sum(survey.words[name] for name in (*names, "@context"))
    sizes: dict[int, int] = {}
    definitions = sum(size(place["@context"], sizes) for place in inlining.places)
    steps = survey.steps + 10 * definitions + scopes * size(context, sizes)
    if steps > _STEPS or repeated * survey.values > _CHARACTERS:
        raise InvalidTD([Finding("$", "it is too large to be read as linked data")])


def _scoped(part: Json, used: set[str]) -> Iterator[str]:
    for name in part.keys() & used:
        if is_object(part[name]) and "@context" in part[name]:
            yield name
