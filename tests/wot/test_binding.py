"""How a protocol binding is found."""

from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

import wot_http
from wot import binding
from wot.binding import known_option, load, schemes
from wot.errors import NoBinding, WoTError


class Dist:
    """As much of a distribution as an entry point has."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Installs entry points for the time of a test: (scheme, value, distribution)."""

    def install(*found: tuple[str, str, str]) -> None:
        entries: list[EntryPoint] = []
        for scheme, value, owner in found:
            entry = EntryPoint(scheme, value, binding.GROUP)
            entry.__dict__["dist"] = Dist(owner)
            entries.append(entry)
        monkeypatch.setattr(
            binding, "entry_points", lambda **query: EntryPoints(entries).select(**query)
        )
        load.cache_clear()

    yield install
    load.cache_clear()


def test_ours_is_found_by_its_entry_point_like_any_other() -> None:
    assert isinstance(load("http"), wot_http.HTTPBinding)
    assert load("http") is load("http")
    assert {"http", "https"} <= set(schemes())


def test_a_scheme_without_a_binding_says_what_there_is() -> None:
    with pytest.raises(NoBinding, match="'gopher'") as caught:
        load("gopher")
    assert "http" in caught.value.hint


def test_two_distributions_that_claim_one_scheme_are_both_named(installed: Any) -> None:
    installed(("x", "wot_http:HTTPBinding", "one"), ("x", "other:Binding", "two"))
    with pytest.raises(NoBinding, match="one and two both claim the scheme 'x'"):
        load("x")


def test_one_distribution_seen_twice_is_no_conflict(installed: Any) -> None:
    installed(("x", "wot_http:HTTPBinding", "one"), ("x", "wot_http:HTTPBinding", "one"))
    assert isinstance(load("x"), wot_http.HTTPBinding)


def test_a_binding_that_cannot_be_imported_says_why(installed: Any) -> None:
    installed(("x", "no_such_module:Binding", "one"))
    with pytest.raises(NoBinding, match="no_such_module"):
        load("x")


def test_only_the_binding_asked_for_is_imported(installed: Any) -> None:
    installed(("x", "no_such_module:Binding", "one"), ("http", "wot_http:HTTPBinding", "two"))
    assert isinstance(load("http"), wot_http.HTTPBinding)


def test_unknown_options_are_named() -> None:
    known_option({"a": 1}, ("a", "b"), "this")
    with pytest.raises(WoTError, match="this has no option 'c'") as caught:
        known_option({"a": 1, "c": 2}, ("a", "b"), "this")
    assert caught.value.hint == "there are: a, b"
