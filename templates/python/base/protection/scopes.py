"""Scopes: which there are, how they relate, and what a tool, a resource or a prompt requires."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from fastmcp.server.auth import AuthContext

_listing: ContextVar[bool] = ContextVar("listing", default=False)
_unmet: ContextVar[list[Requirement] | None] = ContextVar("unmet", default=None)


@contextmanager
def everything() -> Iterator[None]:
    """Lists show everything: a client that does not see a tool never asks for its scope."""
    token = _listing.set(True)
    try:
        yield
    finally:
        _listing.reset(token)


class Requirement:
    """FastMCP's auth check of a tool, a resource or a prompt: all of its scopes are required."""

    def __init__(self, scopes: Sequence[str]) -> None:
        self.scopes = tuple(scopes)

    def __call__(self, context: AuthContext) -> bool:
        if _listing.get() or (context.token is not None and set(self.scopes) <= set(context.token.scopes)):
            return True
        if (unmet := _unmet.get()) is not None:
            unmet.append(self)
        return False


@contextmanager
def unmet_requirements() -> Iterator[list[Requirement]]:
    """Collects which requirements the token does not meet: FastMCP only says that it knows nothing of that name."""
    unmet: list[Requirement] = []
    token = _unmet.set(unmet)
    try:
        yield unmet
    finally:
        _unmet.reset(token)


class Scopes:
    """The scopes of this server.

    Args:
        defined: Their names, as in Scalekit's dashboard, and what each allows.
        base: What clients ask for when they connect. Default: all, because few clients ask for more later.
        implied: Scopes that include others. Scalekit's scopes are flat: without this a token has only what it lists.

    Raises:
        ValueError: A name breaks Scalekit's rule, or `base` or `implied` names a scope that is not defined.
    """

    def __init__(
        self,
        defined: Mapping[str, str],
        *,
        base: Sequence[str] | None = None,
        implied: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        for name in defined:
            if not re.fullmatch(r"[a-zA-Z0-9_:]{1,64}", name, re.ASCII):
                expected = "letters, digits, _ and :, 64 characters at most"
                raise ValueError(f"The scope `{name}` is not one. Expected: {expected}")
        self.names = list(defined)
        self.base = self.names if base is None else list(base)
        implied = implied or {}
        self._check([*self.base, *implied, *(each for includes in implied.values() for each in includes)])
        self._included = {name: _closure_of(name, implied) for name in self.names}

    def requires(self, *scopes: str) -> Requirement:
        """For `auth=` of a tool, a resource or a prompt; a misspelt scope keeps the server from starting."""
        self._check(scopes)
        return Requirement(scopes)

    def granted_by(self, names: Iterable[str]) -> list[str]:
        """The scopes of this server among these, with those that they include."""
        return list(dict.fromkeys(scope for name in names for scope in self._included.get(name, ())))

    def in_order(self, wanted: Iterable[str]) -> list[str]:
        """These scopes, in the order in which they were defined."""
        found = set(wanted)
        return [name for name in self.names if name in found]

    def _check(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.names:
                raise ValueError(f"The scope `{name}` is not in scopes.py. Expected: {', '.join(self.names)}")


def _closure_of(name: str, implied: Mapping[str, Sequence[str]]) -> list[str]:
    found = [name]
    # Grows while it is iterated.
    for each in found:
        found += [further for further in implied.get(each, ()) if further not in found]
    return found


def scopes_required(component: Any) -> tuple[str, ...]:
    """The scopes that a tool, a resource or a prompt requires."""
    checks = component.auth if isinstance(component.auth, list) else [component.auth]
    return tuple(name for check in checks if isinstance(check, Requirement) for name in check.scopes)


def missing_scopes_message(missing: Sequence[str]) -> str:
    """The sentence for people and models."""
    names = [f"`{name}`" for name in missing]
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}{',' if len(names) > 2 else ''} and {names[-1]}"
    return f"Insufficient permissions: {joined} {'scopes' if len(missing) > 1 else 'scope'} required."
