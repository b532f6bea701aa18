"""Who calls, as tools, resources and prompts see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastmcp.exceptions import AuthorizationError
from fastmcp.server.auth import AccessToken
from fastmcp.server.dependencies import get_access_token


def texts(value: Any) -> list[str]:
    """The texts in a list; nothing if it is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


@dataclass(frozen=True)
class User:
    """Whose token it is. Identity comes from here, never from an argument."""

    id: str
    """The key for what belongs to this person: the same person in another Scalekit environment has a different one."""
    subject: str
    client_id: str | None
    kind: str
    """`machine` if a program calls on its own behalf, else `person`."""
    organization: str | None
    roles: list[str] = field(default_factory=list)
    permissions: list[str] = field(default_factory=list)
    scopes: frozenset[str] = frozenset()


def current_user() -> User:
    """Who calls, in a tool, a resource or a prompt."""
    access = get_access_token()
    if access is None:
        raise AuthorizationError("There is no access token")
    return user_of(access)


def user_of(access: AccessToken) -> User:
    claims = access.claims
    subject, client = claims["sub"], claims.get("client_id")
    organization = next(
        (each for each in (claims.get("oid"), claims.get("org_id")) if each and isinstance(each, str)), None
    )
    return User(
        # Not the issuer as it is in the token: the environment has two of them, and both mean the same person.
        id=f"{claims['iss'].split('/resources/')[0]}#{subject}",
        subject=subject,
        client_id=client if isinstance(client, str) else None,
        kind="machine" if subject == client else "person",
        organization=organization,
        roles=texts(claims.get("roles")),
        permissions=texts(claims.get("permissions")),
        scopes=frozenset(access.scopes),
    )
