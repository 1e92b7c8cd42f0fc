"""Scopes of forms: among those of the schemes that they are under."""

from __future__ import annotations

from typing import Any

import pytest

from wot.errors import Finding

from .judging import FORM, ON, form, judged, warning

OAUTH = {
    "o": {"scheme": "oauth2", "flow": "device", "scopes": ["read", "write"]},
    "c": {"scheme": "combo", "oneOf": ["o", "b"]},
    "b": {"scheme": "basic"},
}


def scoped(scopes: Any, security: str = "o") -> list[Finding]:
    return judged(form({**FORM, "scopes": scopes}, securityDefinitions=OAUTH, security=security))


@pytest.mark.parametrize("security", ["o", "c"])
def test_scopes_are_those_of_the_scheme(security: str) -> None:
    assert scoped("read", security) == scoped(["read", "write"], security) == []
    assert scoped(["read", "fly"], security) == [
        warning(
            f"{ON}.scopes",
            "'fly' is no scope of its security",
            "defined are: read, write",
            "td-vocab-scopes--Form",
        )
    ]


def test_where_the_scheme_has_none_nothing_is_known() -> None:
    assert scoped("read", "b") == []
