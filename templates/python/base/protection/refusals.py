"""Refusals: what the client is told, and the reason for the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final


class Refusal(Exception):
    """Why a request is not served, and the answer that says so. The message never repeats what the client sent."""

    def __init__(
        self, status: int, reason: str, message: str, headers: Mapping[str, str] | None = None, code: int | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.code = status, reason, message, status if code is None else code
        self.headers = dict(headers or {})
        self.claims: Mapping[str, Any] = {}

    def body(self, request_id: str) -> bytes:
        data = {"reason": self.reason, "requestId": request_id}
        error = {"code": self.code, "message": self.message, "data": data}
        return json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()


def too_many(reason: str, what: str, wait: int, headers: Mapping[str, str] | None = None) -> Refusal:
    return Refusal(429, reason, f"{what}. Try again in {wait} s.", {**(headers or {}), "retry-after": str(wait)})


INVALID: Final = {
    "token_malformed": "The access token is malformed",
    "token_algorithm": "The access token is not signed with RS256",
    "token_type": "This is not an access token",
    "token_key_unknown": "The access token is signed with an unknown key",
    "token_signature": "The signature of the access token does not match",
    "token_issuer": "The access token was issued by another authorization server",
    "token_audience": "The access token was issued for another server",
    "token_subject": "The access token names no subject",
    "token_expired": "The access token has expired",
    "token_not_yet_valid": "The access token is not valid yet",
    "token_lifetime": "The access token is valid for longer than a day",
    "token_denied": "The access token was withdrawn",
    "token_sender_bound": "The access token is bound to a key of its sender and cannot be used as a bearer token",
}


class InvalidToken(Exception):
    """The token is not valid: 401, and the client gets a new one. `claims` is set if the signature was good."""

    def __init__(self, reason: str, claims: Mapping[str, Any] | None = None) -> None:
        super().__init__(INVALID[reason])
        self.reason, self.claims = reason, claims or {}


class Unavailable(Exception):
    """Scalekit cannot be reached. That is not the client's fault, so it keeps its token."""

    def __init__(self, reason: str, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.reason, self.retry_after = reason, retry_after
