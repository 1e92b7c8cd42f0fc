"""Random security schemes of every kind of TD 1.1 section 5.3.3."""

from __future__ import annotations

from collections.abc import Callable

from .schemas import Chooser, Json, Schemas

PLACED = (
    "uri",
    "body",
)  # where credentials need a place in an href or in a body: for single forms only
SCOPES = ("read", "write all")


class Schemes:
    """Writes random security schemes, of OAuth2 at most one."""

    def __init__(self, choose: Chooser, schemas: Schemas, ace: bool) -> None:
        self.chance, self.one, self.schemas = choose.chance, choose.one, schemas
        self.ace = ace  # whether its prefix is declared
        self.has_scopes = False

    def scheme(self) -> Json:
        makers: dict[str, Callable[[], Json]] = {
            "nosec": dict,
            "auto": dict,
            "basic": lambda: self.carried("header"),
            "digest": lambda: (
                self.carried("header") | self.one(({}, {"qop": "auth"}, {"qop": "auth-int"}))
            ),
            "apikey": lambda: {"name": "key", **self.carried("query", uri=True)},
            "bearer": self.bearer,
            "psk": lambda: self.one(({}, {"identity": "192.0.2.1"})),
            "oauth2": self.oauth2,
            "ace:ACESecurityScheme": lambda: {
                "ace:as": "coaps://as.example/token",
                "ace:cnonce": True,
            },
        }
        own = [name for name in makers if name != "ace:ACESecurityScheme" or self.ace]
        own = [name for name in own if name != "oauth2" or not self.has_scopes]
        name = self.one(own)
        scheme = {"scheme": name, **makers[name]()}
        if scheme.get("in") == "auto":
            scheme.pop("name", None)
        if self.chance(20):
            scheme |= {"description": "Ask the janitor"}
        if self.chance(10):
            scheme |= {"proxy": "https://proxy.example:3128/"}
        return scheme | self.schemas.extension()

    def carried(self, default: str, uri: bool = False) -> Json:
        place = self.one(
            ("", default, "header", "query", "cookie", "auto", "body", *(("uri",) if uri else ()))
        )
        if place == "body":
            return {"in": "body", "name": self.one(("/credentials", "/keys/-"))}
        if place == "uri":
            return {"in": "uri", "name": "uri_key"}
        found: Json = {"in": place} if place else {}
        return found | ({"name": "X-Key"} if place and place != "auto" else {})

    def bearer(self) -> Json:
        return {
            **self.carried("header"),
            **self.one(({}, {"alg": "ES256"}, {"alg": "ES512-256"})),
            **self.one(({}, {"format": "jwt"}, {"format": "cwt"})),
            **self.one(({}, {"authorization": "https://auth.example/authorize"})),
        }

    def oauth2(self) -> Json:
        self.has_scopes = True
        scheme: Json = {"flow": "client", "token": "https://auth.example/token"}
        if self.chance(50):
            scheme = {
                "flow": "code",
                "authorization": "https://auth.example/login",
                "token": scheme["token"],
            }
        scheme |= self.one(({}, {"refresh": "https://auth.example/refresh"}))
        return {**scheme, "scopes": list(SCOPES)}
