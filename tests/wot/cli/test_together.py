"""Reading and following all that a Thing has."""

from __future__ import annotations

import json

import pytest

from .elsewhere import Elsewhere, described, sends
from .processes import Here, Wot


def forms(path: str) -> list[dict[str, str]]:
    return [{"href": path}]


def test_several_are_read(here: Here, lamp: str) -> None:
    assert here("read", lamp, "spot", "offset") == (0, '{"spot":{"x":1,"y":2},"offset":1.5}\n', "")
    assert json.loads(here("read", lamp, "mode", "note", "--json").out) == {
        "mode": "eco",
        "note": None,
    }


def test_what_can_be_read_is_shown_with_the_reasons_for_the_rest(here: Here, lamp: str) -> None:
    done = here("read", lamp)
    assert done.code == 1
    values = json.loads(done.out)
    assert values.keys() >= {"name", "mode", "spot", "offset", "brightness", "scaled"}
    assert "dazzled" not in values
    error, why = done.err.splitlines()[:2]
    assert error == f"error: cannot read all properties of {lamp}"
    assert why.startswith(
        "why:   PartialFailure: 1 of 8 properties could not be read: dazzled: it is"
    )
    assert here("read", lamp, "--json").error["type"] == "PartialFailure"


def test_all_are_read_of_anybody(here: Here, elsewhere: Elsewhere) -> None:
    members = {"a": {"forms": forms("a")}, "b": {"forms": forms("b")}}
    base = elsewhere(td=sends(described(properties=members)), a=sends(b"1"), b=sends(b'"x"'))
    assert here("read", f"{base}/td") == (0, '{"a":1,"b":"x"}\n', "")


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["offset", "nothing"], 1, "UnknownAffordance: Kitchen Lamp has no 'nothing'"),
        (["offset", "picture"], 1, "InvalidInput: Kitchen Lamp: 'picture' cannot be read"),
        (["offset", "scaled", "--var", "factor=2"], 2, "--var is for one affordance"),
        (["--var", "factor=2"], 2, "--var is for one affordance"),
    ],
)
def test_what_is_refused(here: Here, lamp: str, args: list[str], code: int, told: str) -> None:
    done = here("read", lamp, *args)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


def test_everything_is_followed(wot: Wot, here: Here, lamp: str) -> None:
    done = here("watch", lamp, "--count", "8", "--json")
    assert (done.code, done.err) == (0, "")
    found = [json.loads(line) for line in done.out.splitlines()]
    names = [name for each in found for name in each]
    assert {"name", "mode", "note", "spot", "offset", "brightness"} <= {*names}
    process = wot.start("watch", lamp, "--timeout", "20", "--json")
    assert process.stdout is not None
    while True:  # nothing tells when another process has subscribed
        here("invoke", lamp, "burst", '{"count": 1}')
        seen = json.loads(process.stdout.readline())
        if seen == {"tick": 0}:
            break
    process.kill()


def test_nothing_to_be_followed(here: Here, elsewhere: Elsewhere) -> None:
    base = elsewhere(td=sends(described(properties={"a": {"forms": forms("a")}})))
    done = here("watch", f"{base}/td")
    assert done.code == 1
    assert "has nothing that can be followed" in done.err


def test_nothing_to_be_read(here: Here, elsewhere: Elsewhere) -> None:
    hidden = {"a": {"writeOnly": True, "forms": forms("a")}}
    photo = {"b": {"forms": [{"href": "b", "contentType": "image/png"}]}}
    base = elsewhere(
        td=sends(described(properties=hidden)), alone=sends(described(properties=photo))
    )
    nothing = here("read", f"{base}/td", "--json")
    assert (nothing.code, nothing.error["type"]) == (1, "NotAllowed")
    assert nothing.error["detail"] == "Foreign has no property that can be read"
    alone = here("read", f"{base}/alone", "--json")
    assert alone.error["detail"] == "Foreign has no property that can be read together with others"
    assert alone.error["hint"] == "by itself: b"
