"""The guard: an ASGI middleware around FastMCP's application, which every request has to pass."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from fastmcp.server.auth import AccessToken
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protection.body import HungUp, read_message
from protection.exchange import (
    ALLOWED_HEADERS,
    ALWAYS,
    EXPOSED,
    OPEN,
    Exchange,
    challenge,
)
from protection.holdings import Holdings, Place
from protection.keys import CLOCK_TOLERANCE, download
from protection.limits import Limiter, network_of
from protection.logs import log
from protection.refusals import InvalidToken, Refusal, Unavailable, too_many
from protection.rules import is_loopback, origin_of
from protection.settings import RESOURCE_METADATA, Settings
from protection.tokens import AccessTokens
from protection.users import user_of

SERVER_METADATA: Final = "/.well-known/oauth-authorization-server"
OPENAI_CHALLENGE: Final = "/.well-known/openai-apps-challenge"

Route = Callable[[Exchange], Awaitable[None]]


class Guard:
    """Lets a request through to FastMCP once it has passed every check, and serves the discovery documents."""

    def __init__(self, app: ASGIApp, *, name: str, tokens: AccessTokens, settings: Settings) -> None:
        self.app, self.name, self.tokens, self.settings = app, name, tokens, settings
        self.scopes = tokens.scopes
        self.is_ending = False
        self._requests = Limiter("requests", settings.requests_per_minute, tokens.redis)
        self._refused_tokens = Limiter("refused-tokens", settings.refused_tokens_per_minute, tokens.redis)
        self._holdings = Holdings()
        self._proxy_said = settings.trusted_proxies > 0
        self._server_metadata: tuple[bytes, float] | None = None
        url = urlsplit(settings.mcp_url)
        self._is_local = is_loopback(url.hostname or "")
        own = ["localhost", "127.0.0.1", "[::1]"] if self._is_local else []
        self._hosts = {_host_of(each) for each in (url.netloc, *own, *settings.allowed_hosts)} - {""}
        self._origins = {origin_of(url), *settings.allowed_origins}
        self._routes = self._all_routes(url.path.rstrip("/"))

    def _all_routes(self, prefix: str) -> dict[str, Route]:
        """Exact paths, with the path prefix of MCP_URL and without it: a proxy in front may keep it or take it off."""
        served: dict[str, Route] = {
            "/healthz": self._health,
            "/readyz": self._ready,
            "/mcp": self._mcp,
            RESOURCE_METADATA: self._metadata,
            f"{RESOURCE_METADATA}/mcp": self._metadata,
            RESOURCE_METADATA + urlsplit(self.settings.endpoint).path: self._metadata,
            SERVER_METADATA: self._scalekit_metadata,
        }
        if self.settings.openai_apps_challenge:
            served[OPENAI_CHALLENGE] = self._openai_challenge
        advertised = {urlsplit(self.settings.metadata_url).path: self._metadata}
        return {**advertised, **served, **{prefix + path: route for path, route in served.items()}}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope.setdefault("state", {})
        exchange = Exchange(scope, receive, send, self)
        scope["state"]["request_id"] = exchange.id
        try:
            if scope["http_version"] not in ("1.0", "1.1"):
                raise Refusal(400, "not_http", "Only HTTP/1.1 is spoken here", {"connection": "close"})
            # h11 applies its own limit only to headers that arrive in several parts.
            most = self.settings.max_header_bytes
            if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > most:
                message = f"The headers are larger than {most} bytes; MAX_HEADER_BYTES sets the limit"
                raise Refusal(431, "headers_size", message, {**OPEN, "connection": "close"})
            # Two lengths are how a second request is hidden in the body of a first one (RFC 9112, section 6.3).
            if exchange.values("transfer-encoding") and exchange.values("content-length"):
                raise Refusal(400, "two_lengths", "There are two lengths of the body", {"connection": "close"})
            await self._routes.get(exchange.path, self._nowhere)(exchange)
        except HungUp:
            return
        except asyncio.CancelledError:
            # The process ends, and this client has had its time: uvicorn would answer 500.
            exchange.cut()
            raise
        except Refusal as refusal:
            await exchange.refuse(refusal)
        except Unavailable as gone:
            headers = {"retry-after": str(gone.retry_after)}
            await exchange.refuse(Refusal(503, gone.reason, str(gone), headers), gone)
        except Exception as error:
            # A response that has begun cannot be replaced: uvicorn ends the connection.
            if exchange.status:
                raise
            await exchange.refuse(Refusal(500, "internal_error", "Internal error", code=-32_603), error)

    async def _nowhere(self, exchange: Exchange) -> None:
        raise Refusal(404, "not_found", f"Nothing is here. The MCP endpoint is {self.settings.endpoint}")

    async def _document(self, exchange: Exchange, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Sends a document that anyone may read."""
        allow = "GET, HEAD, OPTIONS"
        if exchange.method in ("GET", "HEAD"):
            return await exchange.answer(200, {"content-type": "application/json", **(headers or {})}, body)
        if exchange.method != "OPTIONS":
            raise Refusal(405, "method", f"Only {allow} are allowed here", {"allow": allow})
        cors = {"access-control-allow-methods": "GET, HEAD", "access-control-allow-headers": "*"}
        await exchange.answer(204, {**(headers or {}), "allow": allow, **cors})

    async def _health(self, exchange: Exchange) -> None:
        await self._document(exchange, b'{"status":"ok"}')

    async def _ready(self, exchange: Exchange) -> None:
        """There are keys, and this process is not about to end."""
        if self.is_ending:
            return await exchange.answer(503, {"content-type": "application/json"}, b'{"status":"ending"}')
        await self.tokens.keys.load()
        await self.tokens.denied.denies({})
        await self._health(exchange)

    async def _openai_challenge(self, exchange: Exchange) -> None:
        text = (self.settings.openai_apps_challenge or "").encode()
        await self._document(exchange, text, {**OPEN, "content-type": "text/plain; charset=utf-8"})

    async def _metadata(self, exchange: Exchange) -> None:
        """RFC 9728, at every path where clients of any age look for it."""
        document = {
            "resource": self.settings.endpoint,
            "resource_name": self.name,
            "authorization_servers": [self.settings.issuers[1]],
            "scopes_supported": self.scopes.names,
            "bearer_methods_supported": ["header"],
        }
        await self._document(exchange, json.dumps(document).encode(), OPEN)

    async def _scalekit_metadata(self, exchange: Exchange) -> None:
        """Scalekit's own metadata (RFC 8414), which clients of 2025-03-26 look for at the MCP server."""
        known = self._server_metadata
        if known is None or time.monotonic() - known[1] > 300:
            known = await self._fetch_metadata() or known
        if known is None:
            message = "Scalekit's metadata is not available now"
            raise Refusal(503, "metadata_unavailable", message, {"retry-after": "5"})
        self._server_metadata = known
        await self._document(exchange, known[0], OPEN)

    async def _fetch_metadata(self) -> tuple[bytes, float] | None:
        origin = self.settings.scalekit_internal_url or self.settings.scalekit_environment_url
        resource = f"/resources/{self.settings.scalekit_resource_id}"
        for url in (origin + SERVER_METADATA + resource, origin + resource + SERVER_METADATA):
            try:
                document, _ = await download(url)
                if isinstance(document, dict) and "issuer" in document:
                    return json.dumps(document).encode(), time.monotonic()
            except (httpx2.HTTPError, ValueError, TimeoutError):
                continue
        return None

    async def _mcp(self, exchange: Exchange) -> None:
        exchange.cors = self._check_origin(exchange)
        if exchange.method == "OPTIONS":
            return await exchange.answer(204, _preflight(exchange))
        access = await self._authenticate(exchange)
        exchange.claims = access.claims
        user = user_of(access)
        if (wait := await self._requests.wait(user.id)) is not None:
            raise too_many("requests_limit", "Too many requests", wait)
        with self._holdings.place(user.id) as place:
            if exchange.method != "POST":
                raise Refusal(405, "method", "Only POST, OPTIONS are allowed here", {"allow": "POST, OPTIONS"})
            message = await read_message(exchange, self.settings.max_body_bytes)
            # A stream ends when its token expires.
            async with asyncio.timeout(max(float(access.claims["exp"]) + CLOCK_TOLERANCE - time.time(), 0)):
                await self._hand_on(exchange, message, place)
            await exchange.is_taken()

    def _check_origin(self, exchange: Exchange) -> dict[str, str]:
        """Refuses requests of web pages from other origins, or through a name that they made point here (DNS rebinding)."""
        hosts, origins = exchange.values("host"), exchange.values("origin")
        if len(hosts) > 1:
            raise Refusal(400, "two_hosts", "There are two Host headers")
        if _host_of(exchange.authority or "".join(hosts)) not in self._hosts:
            raise Refusal(403, "foreign_host", "The Host is not that of MCP_URL; allow others with ALLOWED_HOSTS")
        if not origins:
            return {}
        if len(origins) > 1 or not self._allows(origins[0]):
            raise Refusal(403, "foreign_origin", "The Origin is not that of MCP_URL; allow others with ALLOWED_ORIGINS")
        return {"access-control-allow-origin": origins[0], "access-control-expose-headers": EXPOSED, "vary": "Origin"}

    def _allows(self, origin: str) -> bool:
        if origin in self._origins:
            return True
        # On a developer's machine: the MCP Inspector and other pages that are served from it, on whatever port.
        local = re.fullmatch(r"https?://(\[[\da-f:.]+\]|[a-z\d.-]+)(?::\d{1,5})?", origin, re.I)
        return self._is_local and local is not None and is_loopback(local[1].strip("[]").lower())

    async def _authenticate(self, exchange: Exchange) -> AccessToken:
        self._hint_at_proxy(exchange)
        if re.search(rb"(?:^|&)access_token=", exchange.scope["query_string"], re.I):
            raise Refusal(400, "token_in_url", "A token in a URL ends up in logs: send it in the Authorization header")
        sent = exchange.values("authorization")
        if len(sent) > 1:
            raise Refusal(400, "two_tokens", "There are two Authorization headers")
        bearer = re.fullmatch(r"bearer +(.*)", sent[0], re.I) if sent else None
        if bearer is None:
            headers = {"www-authenticate": challenge(self.settings, self.scopes.base)}
            raise Refusal(401, "no_token", "An access token is required", headers)
        try:
            return await self.tokens.verify(bearer[1])
        except InvalidToken as invalid:
            headers = {"www-authenticate": challenge(self.settings, self.scopes.base, "invalid_token", str(invalid))}
            refused = Refusal(401, invalid.reason, str(invalid), headers)
            refused.claims = invalid.claims
            # An expired token was once good, and its owner needs the 401 to get another.
            if invalid.reason != "token_expired" and (address := exchange.address()):
                if (wait := await self._refused_tokens.wait(network_of(address))) is not None:
                    refused = too_many("refused_tokens_limit", "Too many bad tokens", wait, headers)
            raise refused from None

    def _hint_at_proxy(self, exchange: Exchange) -> None:
        """Behind a proxy that is not trusted, all clients share one address, and one limit of refused tokens."""
        if self._proxy_said or not exchange.values("x-forwarded-for"):
            return
        self._proxy_said = True
        message = (
            "Requests come with X-Forwarded-For, which is not trusted: all clients of a proxy count as one address. "
            "Set TRUSTED_PROXIES to how many proxies of yours are in front."
        )
        log("warn", "proxy_not_trusted", message=message)

    async def _hand_on(self, exchange: Exchange, message: dict[str, Any], place: Place) -> None:
        """FastMCP gets the message as it was checked, not as it was sent: no second parser can read it otherwise."""
        # Half a surrogate pair, which is no text, becomes U+FFFD as in JavaScript.
        body = re.sub("[\ud800-\udfff]", "\ufffd", json.dumps(message, ensure_ascii=False)).encode()
        dropped = (b"content-length", b"accept", b"content-type", b"transfer-encoding")
        headers = [each for each in exchange.scope["headers"] if each[0] not in dropped]
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"content-type", b"application/json"),
            (b"accept", b"application/json, text/event-stream"),
        ]
        scope = {**exchange.scope, "path": "/mcp", "raw_path": b"/mcp", "headers": headers}
        await self.app(scope, _replay(body, exchange.receive), _AnswerOfFastMCP(exchange, place))


class _AnswerOfFastMCP:
    """Passes an answer on; if a call was refused, the HTTP status says so too."""

    def __init__(self, exchange: Exchange, place: Place) -> None:
        self._exchange, self._place = exchange, place
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        exchange = self._exchange
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            await self._begin(self._start)
            self._start = None
        self._place.answer(len(message.get("body", b"")))
        await exchange.send(message)

    async def _begin(self, start: Message) -> None:
        exchange, status = self._exchange, start["status"]
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start.get("headers", [])}
        headers.pop("connection", None)
        refusal: Refusal | None = exchange.scope["state"].get("refusal")
        if refusal is None and status >= 400:
            refusal = Refusal(status, "protocol", "Invalid MCP request")
        if refusal is not None:
            exchange.log(refusal)
            headers.update(refusal.headers)
        headers.update(ALWAYS)
        await exchange.start(refusal.status if refusal else status, headers)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _host_of(host: str) -> str:
    """Without the port, and without the trailing dot of a fully qualified name."""
    found = re.fullmatch(r"(?:(\[[\da-f:.]+\])|([^:\[\]@/\\?#\s]+?)\.?)(?::\d{1,5})?", host, re.I)
    return (found[1] or found[2]).lower() if found else ""


def _preflight(exchange: Exchange) -> dict[str, str]:
    """`mcp-param-*` is open-ended, hence no fixed list."""
    asked = re.split(r"[\s,]+", exchange.value("access-control-request-headers").lower())
    parameters = [name for name in asked if re.fullmatch(r"mcp-param-[\w-]+", name, re.ASCII)]
    return {
        "allow": "POST, OPTIONS",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": ", ".join([*ALLOWED_HEADERS, *parameters]),
        "access-control-max-age": "7200",
    }
