"""An HTTP request with its answer, and the line that the log gets if it is refused."""

from __future__ import annotations

import ipaddress
import re
import traceback
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from starlette.types import Receive, Scope, Send

from protection.logs import log
from protection.refusals import Refusal
from protection.settings import Settings

if TYPE_CHECKING:
    from protection.guard import Guard

ALWAYS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
OPEN: Final = {"access-control-allow-origin": "*"}
EXPOSED: Final = "WWW-Authenticate, Retry-After, MCP-Protocol-Version, Mcp-Session-Id"
ALLOWED_HEADERS: Final = (
    "authorization",
    "content-type",
    "accept",
    "last-event-id",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "mcp-session-id",
)


def challenge(settings: Settings, scopes: Iterable[str], error: str = "", description: str = "") -> str:
    """The `WWW-Authenticate` that sends a client for a token, or for a better one (RFC 6750, section 3)."""
    start = f'error="{error}", error_description="{description}", ' if error else ""
    return f'Bearer {start}scope="{" ".join(scopes)}", resource_metadata="{settings.metadata_url}"'


class Exchange:
    """One request, and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, guard: Guard) -> None:
        self.scope, self.receive, self.send, self.guard = scope, receive, send, guard
        self.id = str(uuid.uuid4())
        self.method: str = scope["method"]
        self.cors: dict[str, str] = {}
        self.claims: Mapping[str, Any] = {}
        self.status = 0
        target = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        # RFC 9112, section 3.2.2: a request target in absolute form, whose host outranks the Host header.
        absolute = re.fullmatch(r"https?://([^/]*)(.*)", target, re.I)
        self.authority = absolute[1] if absolute else None
        self.path = (absolute[2] or "/") if absolute else target

    def values(self, name: str) -> list[str]:
        return [value.decode("latin-1") for key, value in self.scope["headers"] if key == name.encode()]

    def value(self, name: str, otherwise: str = "") -> str:
        return next(iter(self.values(name)), otherwise)

    @property
    def is_kept(self) -> bool:
        """Whether the client asked for the connection to be kept (RFC 9112, section 9.3)."""
        options = ",".join(self.values("connection")).lower().split(",")
        return self.scope["http_version"] == "1.1" and "close" not in [each.strip() for each in options]

    def address(self) -> str:
        """Who asks: each proxy of ours adds the address that it saw to `X-Forwarded-For`."""
        proxies = self.guard.settings.trusted_proxies
        forwarded = ",".join(self.values("x-forwarded-for")).split(",") if proxies else []
        client = self.scope.get("client") or ("", 0)
        for text in ([forwarded[-proxies]] if len(forwarded) >= proxies > 0 else []) + [client[0]]:
            bare = re.sub(r"^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$", r"\1\2", text.strip())
            bare = re.sub(r"^::ffff:(?=[\d.]+$)", "", bare, flags=re.I)
            try:
                return str(ipaddress.ip_address(bare))
            except ValueError:
                continue
        return ""

    async def is_taken(self) -> None:
        """Waits until the client has read its answer, or its connection has ended."""
        connection = self.scope["state"].get("connection")
        if connection is not None:
            await connection.flow.drain()

    def cut(self) -> None:
        """Ends the connection at once."""
        connection = self.scope["state"].get("connection")
        if connection is not None:
            connection.transport.abort()

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        whole = {**ALWAYS, **self.cors, **headers}
        if self.guard.is_ending:
            whole["connection"] = "close"
        elif "connection" not in whole and self.is_kept:
            whole["connection"] = "keep-alive"
            # Clients that pool connections do not use one that is about to be closed.
            whole["keep-alive"] = f"timeout={self.guard.settings.keep_alive_seconds}"
        sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in whole.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": sent})

    async def answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        length = {} if status == 204 else {"content-length": str(len(body))}
        await self.start(status, {**length, **headers})
        await self.send({"type": "http.response.body", "body": body})

    async def refuse(self, refusal: Refusal, error: BaseException | None = None) -> None:
        self.log(refusal, error)
        await self.answer(
            refusal.status, {"content-type": "application/json", **refusal.headers}, refusal.body(self.id)
        )

    def log(self, refusal: Refusal, error: BaseException | None = None) -> None:
        """One line per refused request: enough to identify it, and nothing that would let somebody repeat it."""
        claims = self.claims or refusal.claims
        details = {
            "reason": refusal.reason,
            "message": refusal.message,
            "status": refusal.status,
            "method": self.method,
            "path": self.path,
            "address": self.address(),
            # Claims of a refused token may be anything.
            "clientId": _short(claims.get("client_id")),
            "subject": _short(claims.get("sub")),
            "requestId": self.id,
            "stack": "".join(traceback.format_exception(error)) if error and refusal.status >= 500 else None,
        }
        # Clients probe at the start of each session, and expect 405 or 401.
        is_probe = refusal.reason in ("method", "no_token") and self.method in ("GET", "HEAD", "DELETE")
        level = "error" if refusal.status >= 500 else "debug" if is_probe else "info"
        log(level, "probe" if is_probe else "refused", **details)


def _short(claim: Any) -> str | None:
    return None if claim is None else str(claim)[:200]
