"""Protects this server with Scalekit's OAuth 2.1, and closes the gaps that FastMCP's own provider leaves.

This module belongs to scalekit-mcp: `npx scalekit-mcp update` replaces it as a whole. Change nothing here.

FastMCP verifies tokens and serves the protocol. This module uses FastMCP's extension points: `AccessTokens` is a
`TokenVerifier`, `requires` an auth check of tools, `Gate` a FastMCP middleware, and `Guard` an ASGI middleware around
`mcp.http_app()`. A request passes them in this order: path, Host and Origin, CORS, token, limits, body, scopes.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import ipaddress
import json
import logging
import math
import os
import re
import signal
import socket
import sys
import time
import traceback
import urllib.request
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import h11
import httpx2
import jwt
import uvicorn
from dotenv import dotenv_values
from fastmcp import FastMCP
from fastmcp.exceptions import AuthorizationError, FastMCPError, NotFoundError, ToolError, ValidationError
from fastmcp.server.auth import AccessToken, AuthContext, TokenVerifier
from fastmcp.server.dependencies import get_access_token, get_http_request
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams
from mcp_types import TextContent
from pydantic import ValidationError as PydanticValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

VERSION: Final = "0.0.0"

# --- Log: one JSON line per event on stderr; in a terminal, a line for people -----------------------------------------

LEVELS: Final = ("debug", "info", "warn", "error")
SECRET: Final = re.compile(r"eyJ[\w-]+(?:\.[\w-]*)*|(?:skcs_|sks_|test_)[\w-]{4,}")
_lowest = 1
_as_text = False


def log(level: str, event: str, **details: Any) -> None:
    """Writes an event; details that are None are left out. Never hand it a token or a secret."""
    if LEVELS.index(level) < _lowest:
        return
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    given = {
        name: _safe(value, 4000 if name == "stack" else 500) for name, value in details.items() if value is not None
    }
    if not _as_text:
        # ASCII only: whatever would break a line, control the terminal or reverse text is escaped.
        line = json.dumps({"time": now, "level": level, "event": event, **given})
    else:
        message, stack = given.pop("message", ""), given.pop("stack", "")
        if level != "error":
            given.pop("requestId", None)
        pairs = " ".join(f"{name}={json.dumps(value)}" for name, value in given.items())
        line = _visible(f"{now[11:19]} {event} {message} {pairs}".rstrip())
        line += "".join(f"\n  {_visible(each)}" for each in str(stack).splitlines())
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _safe(value: Any, longest: int) -> Any:
    if isinstance(value, (bool, int, float)):
        return value
    text = SECRET.sub(lambda secret: secret[0][:3] + "…", str(value))
    return text if len(text) <= longest else text[:longest] + "…"


def _visible(text: str) -> str:
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


class _LibraryLog(logging.Handler):
    """Logs the messages of FastMCP, the SDK and uvicorn in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        stack = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else None
        level = "error" if record.levelno >= logging.ERROR else "warn"
        log(level, "library", logger=record.name, message=record.getMessage(), stack=stack)


def _set_up_log(settings: Settings) -> None:
    global _lowest, _as_text
    _lowest = LEVELS.index(settings.log_level)
    _as_text = settings.log_format == "text" if settings.log_format else sys.stderr.isatty()
    logging.basicConfig(handlers=[_LibraryLog()], level=logging.ERROR, force=True)
    for name in ("fastmcp", "mcp", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        # Calls, refusals and failures have lines of their own.
        logger.setLevel(logging.ERROR if name == "mcp" else logging.CRITICAL)


# --- Settings: every variable, checked before anything starts --------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The variables of `.env.example`, checked."""

    port: int
    host: str | None
    scalekit_environment_url: str
    scalekit_client_id: str | None
    scalekit_resource_id: str
    mcp_url: str
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    trusted_proxies: int
    resource_metadata_url: str | None
    scalekit_internal_url: str | None
    requests_per_minute: int
    tool_calls_per_minute: int
    refused_tokens_per_minute: int
    max_body_bytes: int
    max_header_bytes: int
    keep_alive_seconds: int
    drain_seconds: int
    log_format: str | None
    log_level: str
    deny_file: str | None
    openai_apps_challenge: str | None

    @property
    def endpoint(self) -> str:
        """Where clients reach this server's MCP: the `resource` of the metadata."""
        return self.mcp_url + "mcp"

    @property
    def issuers(self) -> tuple[str, str]:
        """Both issuers of the environment: Scalekit is moving from the first to the second."""
        environment = self.scalekit_environment_url
        return environment, f"{environment}/resources/{self.scalekit_resource_id}"

    @property
    def metadata_url(self) -> str:
        """Where clients find the metadata (RFC 9728): the well-known part goes before the path."""
        url = urlsplit(self.endpoint)
        return self.resource_metadata_url or f"{url.scheme}://{url.netloc}{RESOURCE_METADATA}{url.path}"


class Wrong(ValueError):
    """A value that breaks its rule."""

    def __init__(self, reason: str, expected: str) -> None:
        super().__init__(reason)
        self.reason, self.expected = reason, expected


PLACEHOLDER: Final = re.compile(
    r"(?<![a-z])your[-_]|<[^>]*>|\{[^}]*\}|^mcp_server_id$|\.\.\.|^(?:xxx+|change[-_]?me|todo|replace[-_]me)$|_x{3,}$",
    re.I,
)
MCP_URL_RULE: Final = "an absolute http(s) URL with a trailing slash, without /mcp, query or fragment; https unless the host is this machine"
ENVIRONMENT_RULE: Final = (
    "https://<name>.scalekit.dev, .scalekit.cloud, .scalekit.com or your own domain, without a path"
)


def _is_loopback(host: str) -> bool:
    return (
        host in ("localhost", "::1")
        or host.endswith(".localhost")
        or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
    )


def _is_this_machine(host: str) -> bool:
    """In any spelling, so that none gets around the check for production."""
    name = host.rstrip(".").lower()
    local = r"localhost[46]?(\.localdomain[46]?)?|ip6-(localhost|loopback)|(host|gateway|kubernetes)\.docker\.internal"
    if _is_loopback(name) or re.fullmatch(local + r"|host\.(containers|lima)\.internal", name):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(name))
        except OSError:
            return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        high = int(address) >> 32
        if high in (0, 0xFFFF, 0xFFFF0000, 0x64FF9B << 64) and int(address) != 1:
            address = inner
    return address.is_loopback or address.is_unspecified


def _http_url(name: str, text: str, expected: str) -> SplitResult:
    if re.search(r"[\s\\]", text) or not text.isprintable():
        raise Wrong(f"{name} contains a space or another character that no URL has", expected)
    if not re.match(r"https?://", text, re.I):
        raise Wrong(f"{name} has no scheme (http:// or https://)", expected)
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise Wrong(f"{name} is not an absolute URL", expected) from None
    if url.username is not None or url.password is not None:
        raise Wrong(f"{name} contains a user name or password", expected)
    if "?" in text or "#" in text:
        raise Wrong(f"{name} has a query or a fragment", expected)
    if (
        host in ("0.0.0.0", "::")
        or port == 0
        or not re.fullmatch(r"[a-z\d_-]{1,63}(\.[a-z\d_-]{1,63})*|[\da-f:.]+", host)
    ):
        raise Wrong(f"{name} has the host {url.netloc}", expected)
    if url.scheme == "http" and not _is_loopback(host):
        raise Wrong(f"{name} is http, but {url.netloc} is not this machine", expected)
    return url


def _origin(url: SplitResult) -> str:
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    standard = {"http": 80, "https": 443}[url.scheme]
    return f"{url.scheme}://{host}" + ("" if url.port in (None, standard) else f":{url.port}")


def _environment_url(text: str) -> str:
    url = _http_url("The environment URL", text, ENVIRONMENT_RULE)
    if re.fullmatch(r"((app|dashboard|www|docs|api)\.)?(eu\.)?scalekit\.(com|cloud|dev)", url.hostname or ""):
        raise Wrong("This is Scalekit's own site, not your environment", ENVIRONMENT_RULE)
    if PLACEHOLDER.search(url.hostname or ""):
        raise Wrong("The environment URL is still a placeholder", ENVIRONMENT_RULE)
    if url.path not in ("", "/"):
        raise Wrong("The environment URL has a path", f"{_origin(url)} (without {url.path})")
    return _origin(url)


def _mcp_url(text: str) -> str:
    """A missing slash and a trailing /mcp are corrected (see `_corrected`)."""
    url = _http_url("MCP_URL", text, MCP_URL_RULE)
    path = re.sub(r"(?:/mcp/*)+$", "/", url.path, flags=re.I)
    path = path if path.endswith("/") else path + "/"
    if not re.fullmatch(r"/(?:[\w~-][\w.~-]*/)*", path, re.ASCII):
        raise Wrong(f"MCP_URL has the path {path}", "no path, or one without empty, dotted or encoded parts")
    return _origin(url) + path


def _metadata_url(text: str) -> str:
    return _http_url("The metadata URL", text, "an absolute URL of the metadata document (RFC 9728)").geturl()


def _internal_url(text: str) -> str:
    expected = "http(s)://host:port without a path, where the local Scalekit answers inside a container network"
    url = urlsplit(text)
    if (
        url.scheme not in ("http", "https")
        or not url.hostname
        or url.path not in ("", "/")
        or url.query
        or url.fragment
    ):
        raise Wrong("The internal URL is not an origin", expected)
    return _origin(url)


def _identifier(name: str, pattern: str, expected: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if PLACEHOLDER.search(text):
            raise Wrong(f"The {name} is still a placeholder", expected)
        if not re.fullmatch(pattern, text, re.ASCII):
            raise Wrong(f"This is not a {name}", expected)
        return text

    return check


def _number(low: int, high: int) -> Callable[[str], int]:
    def check(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise Wrong("This is not a number in range", f"a whole number from {low} to {high}")
        return int(text)

    return check


def _one_of(*names: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text.lower() not in names:
            raise Wrong("This is not one of the values", ", ".join(names))
        return text.lower()

    return check


def _matching(pattern: str, reason: str, expected: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII | re.I):
            raise Wrong(reason, expected)
        return text

    return check


def _list_of(check: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(check(each) for each in re.split(r"[\s,]+", text) if each)


def _allowed_origin(text: str) -> str:
    expected = "origins such as https://app.example.com, without a path, one by one"
    if text == "null" or re.fullmatch(r"(?!https?:)[a-z][a-z\d+.-]*://[\w.-]+", text, re.I):
        return text.lower()
    url = urlsplit(text)
    if (
        url.scheme not in ("http", "https")
        or not url.hostname
        or url.path not in ("", "/")
        or url.query
        or url.fragment
    ):
        raise Wrong(f"`{text}` is not an origin", expected)
    return _origin(url)


_allowed_host = _matching(
    r"\[[\da-f:.]+\](:\d{1,5})?|[a-z\d_]([\w.-]*[a-z\d])?(:\d{1,5})?",
    "This is not a host name",
    "names of hosts, such as mcp.internal or 10.0.0.7, one by one",
)

Rule = tuple[Callable[[str], Any], Any]
REQUIRED: Final = object()
RULES: Final[dict[str, Rule]] = {
    "PORT": (_number(1, 65535), 3002),
    "HOST": (
        _matching(r"\[?[\w.:%-]+\]?", "This is not an address", "an address of this machine, such as 127.0.0.1"),
        None,
    ),
    "SCALEKIT_ENVIRONMENT_URL": (_environment_url, REQUIRED),
    "SCALEKIT_CLIENT_ID": (
        _identifier(
            "client id", r"(?:[a-z]+_)?skc_\w{1,64}", "skc_<digits>, from Dashboard > Settings > API credentials"
        ),
        None,
    ),
    "SCALEKIT_RESOURCE_ID": (
        _identifier("resource id", r"res_[a-zA-Z\d]{1,64}", "res_<digits>, from Dashboard > MCP Servers > your server"),
        REQUIRED,
    ),
    "MCP_URL": (_mcp_url, REQUIRED),
    "ALLOWED_HOSTS": (_list_of(_allowed_host), ()),
    "ALLOWED_ORIGINS": (_list_of(_allowed_origin), ()),
    "TRUSTED_PROXIES": (_number(0, 10), 0),
    "RESOURCE_METADATA_URL": (_metadata_url, None),
    "SCALEKIT_INTERNAL_URL": (_internal_url, None),
    "REQUESTS_PER_MINUTE": (_number(0, 1_000_000), 1200),
    "TOOL_CALLS_PER_MINUTE": (_number(0, 1_000_000), 600),
    "REFUSED_TOKENS_PER_MINUTE": (_number(0, 1_000_000), 1000),
    "MAX_BODY_BYTES": (_number(1024, 64 * 1024 * 1024), 65_536),
    "MAX_HEADER_BYTES": (_number(4096, 1024 * 1024), 65_536),
    "KEEP_ALIVE_SECONDS": (_number(1, 5000), 65),
    "DRAIN_SECONDS": (_number(0, 3600), None),
    "LOG_FORMAT": (_one_of("json", "text"), None),
    "LOG_LEVEL": (_one_of(*LEVELS), "info"),
    "DENY_FILE": (str, None),
    "OPENAI_APPS_CHALLENGE": (_matching(r"[!-~]{1,1000}", "This is not a verification token", "the token alone"), None),
}
EXPECTED: Final = {
    "SCALEKIT_ENVIRONMENT_URL": ENVIRONMENT_RULE,
    "SCALEKIT_RESOURCE_ID": "res_<digits>, from Dashboard > MCP Servers > your server",
    "MCP_URL": MCP_URL_RULE,
}


def _objection(name: str, value: Any) -> Wrong | None:
    """Why a value that is right in development is refused in production."""
    if name == "SCALEKIT_ENVIRONMENT_URL" and _is_this_machine(urlsplit(value).hostname or ""):
        reason = "leads to the local Scalekit, which protects nothing"
        return Wrong(reason, "your Scalekit environment's URL, in production")
    if name == "SCALEKIT_INTERNAL_URL":
        return Wrong("is for the local Scalekit in containers, which protects nothing", "no value, in production")
    if name == "MCP_URL" and value.startswith("http:"):
        return Wrong("is http", "https, in production")
    return None


def _hint(text: str) -> str:
    if re.fullmatch(r"([\"'`]).*\1", text):
        return " The quotes have become part of the value: write it without them."
    if re.search(r"\s#", text):
        return " What follows the # has become part of the value: write it on a line of its own."
    return ""


def read_settings(variables: Mapping[str, str | None]) -> Settings:
    """Checks all variables at once.

    Raises:
        ValueError: with a line for each variable that is missing or wrong.
    """
    production = "production" in (variables.get("APP_ENV"), variables.get("NODE_ENV"))
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name, (check, otherwise) in RULES.items():
        text = (variables.get(name) or "").strip()
        if not text:
            if otherwise is REQUIRED:
                problems.append(f"{name} is missing. Expected: {EXPECTED[name]}.")
            values[name.lower()] = otherwise
            continue
        try:
            value = check(text)
            if production and (objection := _objection(name, value)):
                raise objection
            values[name.lower()] = value
        except Wrong as wrong:
            shown = _visible(str(_safe(text, 200)))
            problems.append(f"{name} is `{shown}`: {wrong.reason}. Expected: {wrong.expected}.{_hint(text)}")
    for name in ("REDIS_URL", "STATE_SECRET"):
        if (variables.get(name) or "").strip():
            problems.append(
                f'{name} is set, and this server cannot use it (README.md, "Limits of this flavour"). Unset it.'
            )
    if problems:
        raise ValueError("\n".join(problems))
    if values["drain_seconds"] is None:
        values["drain_seconds"] = 5 if production else 0
    return Settings(**values)


def load_settings() -> Settings:
    """Reads `.env` and the environment, which takes precedence; ends the process if a setting is wrong."""
    file = Path(".env")
    problems: list[str] = []
    try:
        data = file.read_bytes()
        if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
            problems.append(".env is in UTF-16: save it as UTF-8")
        else:
            # Not `utf-8`: a byte order mark would hide the first variable.
            for name, value in dotenv_values(file, encoding="utf-8-sig").items():
                os.environ.setdefault(name, value or "")
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f".env cannot be read: {error}")
    try:
        settings = read_settings(os.environ)
    except ValueError as error:
        problems += str(error).split("\n")
    if problems:
        lines = "".join(f"  {problem}\n" for problem in problems)
        other = " .env.local is read by nothing here." if Path(".env.local").exists() else ""
        sys.stderr.write(f"The server cannot start:\n{lines}Set them in .env, which .env.example explains.{other}\n")
        raise SystemExit(1)
    _set_up_log(settings)
    given = os.environ["MCP_URL"].strip()
    if given != settings.mcp_url:
        log("info", "setting_corrected", message=f"MCP_URL was read as {settings.mcp_url}")
    return settings


# --- Refusals: what the client is told, and the reason for the log ----------------------------------------------------


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


def _too_many(reason: str, what: str, wait: int, headers: Mapping[str, str] | None = None) -> Refusal:
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


# --- Tokens: verified against Scalekit's keys and our policy, and remembered for a minute -----------------------------

CLOCK_TOLERANCE: Final = 60
LONGEST_LIFETIME: Final = 24 * 60 * 60


async def _download(url: str) -> Any:
    """Fetches a JSON document of Scalekit's: no redirects, 5 seconds, 256 KB."""
    async with httpx2.AsyncClient(timeout=5, follow_redirects=False) as client, asyncio.timeout(5):
        async with client.stream("GET", url, headers={"accept": "application/json"}) as response:
            if response.status_code != 200:
                raise ValueError(f"{url} answered {response.status_code}")
            data = b""
            async for part in response.aiter_bytes():
                data += part
                if len(data) > 256 * 1024:
                    raise ValueError(f"{url} sent more than 256 KB")
    return json.loads(data)


class Keys:
    """Scalekit's signing keys: fetched, kept, and fetched again when they changed."""

    FRESH, TRUSTED, USABLE = 5 * 60, 10 * 60, 12 * 60 * 60

    def __init__(self, url: str) -> None:
        self.url = url
        self.version = 0
        self._keys: list[tuple[str | None, Any]] = []
        self._fetched = self._looked_again = self._failed = -math.inf
        self._failures = 0
        self._pending: asyncio.Task[None] | None = None

    def use(self, key_set: Any) -> None:
        """Uses a JSON Web Key Set until the next one is fetched."""
        keys: list[tuple[str | None, Any]] = []
        for each in key_set["keys"]:
            if each.get("kty") == "RSA" and each.get("use") in (None, "sig") and each.get("alg") in (None, "RS256"):
                keys.append((each.get("kid"), jwt.PyJWK(each, "RS256").key))
        if not keys:
            raise ValueError(f"{self.url} has no keys for RS256")
        self._keys, self._fetched, self._failures = keys, time.monotonic(), 0
        self.version += 1

    async def load(self) -> None:
        """Fetches the keys if necessary. Old ones are used only if newer ones cannot be fetched."""
        age = time.monotonic() - self._fetched
        if age > self.USABLE:
            await self._refresh()
        elif age > self.FRESH:
            newer = asyncio.ensure_future(self._refresh())
            newer.add_done_callback(lambda task: task.cancelled() or task.exception())
            if age > self.TRUSTED and self._failures == 0:
                await asyncio.wait([newer], timeout=2)

    async def find(self, kid: str | None) -> Any:
        await self.load()
        key = self._pick(kid)
        if key is None and await self._look_again():
            key = self._pick(kid)
        if key is None:
            raise InvalidToken("token_key_unknown")
        return key

    def _pick(self, kid: str | None) -> Any:
        found = [key for name, key in self._keys if kid is None or name == kid]
        return found[0] if len(found) == 1 else None

    async def _look_again(self) -> bool:
        """After a rotation a good token has an unknown key id. A forged one may have it too, hence the pause."""
        if self._pending is None and self._failures == 0:
            if time.monotonic() - self._looked_again < 1:
                return False
            self._looked_again = time.monotonic()
        await self._refresh()
        return True

    async def _refresh(self) -> None:
        pause = min(2 ** max(self._failures - 1, 0), 8) - (time.monotonic() - self._failed)
        if self._failures and pause > 0:
            raise Unavailable("keys_unavailable", "Tokens cannot be verified now", math.ceil(pause))
        if self._pending is None:
            self._pending = asyncio.create_task(self._fetch())
        # A client that hangs up must not cancel the fetch that others wait for.
        await asyncio.shield(self._pending)

    async def _fetch(self) -> None:
        try:
            self.use(await _download(self.url))
        except Exception as error:
            self._failures += 1
            self._failed = time.monotonic()
            pause = min(2 ** (self._failures - 1), 8)
            log("warn", "keys_unavailable", url=self.url, cause=repr(error), retryInMs=pause * 1000)
            raise Unavailable("keys_unavailable", "Tokens cannot be verified now", pause) from error
        finally:
            self._pending = None


class DenyList:
    """Ids (`jti` or `sub`) that are refused before their tokens expire: one `<id> <time>` per line, read every second."""

    def __init__(self, file: str | None) -> None:
        self._file = Path(file) if file else None
        self._denied: dict[str, float] | None = {} if file is None else None
        self._looked = -math.inf
        self._stamp: object = None

    def denies(self, claims: Mapping[str, Any]) -> bool:
        if self._file is not None and time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            self._read(self._file)
        if self._denied is None:
            raise Unavailable("deny_list_unavailable", "Tokens cannot be verified now", 2)
        until = max(self._denied.get(str(claims.get(name)), 0) for name in ("sub", "jti"))
        return until > time.time()

    def _read(self, file: Path) -> None:
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return
            denied, wrong = {}, []
            for number, line in enumerate(file.read_text("utf-8-sig", "replace").splitlines(), 1):
                match re.sub(r"(?:^|\s)#.*$", "", line).split():
                    case []:
                        continue
                    case [name, until] if (end := _time_of(until)) is not None:
                        denied[name] = end
                    case _:
                        wrong.append(number)
            # The last line of a file that is being written may not be whole yet.
            is_certain = time.time() - status.st_mtime > 3
            if wrong and is_certain:
                log("error", "deny_file_lines", message=f"DENY_FILE has lines that mean nothing: {wrong[:10]}")
            # Nor may the others: until that is certain, whoever is no longer named stays denied.
            self._denied = denied if is_certain else {**(self._denied or {}), **denied}
            self._stamp = stamp if is_certain else None
        except FileNotFoundError:
            if self._denied is None:
                log(
                    "warn",
                    "deny_file_missing",
                    message=f"DENY_FILE names `{file}`, which is not there: nobody is denied",
                )
            if self._stamp is None:
                self._denied = self._denied or {}
        except OSError as error:
            log("error", "deny_list_unavailable", message=str(error))


def _time_of(text: str) -> float | None:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _scopes_of(claims: Mapping[str, Any]) -> list[str]:
    """The union: users' tokens have `scope`, machines' `scopes`, others `scp`; each is a text or a list."""
    claimed = (claims.get(name) for name in ("scope", "scp", "scopes"))
    names = [name for value in claimed for name in (value.split(" ") if isinstance(value, str) else _texts(value))]
    return [name for name in dict.fromkeys(names) if name]


class AccessTokens(TokenVerifier):
    """Verifies access tokens for this server. Both FastMCP's provider and `Guard` use it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.keys = Keys((settings.scalekit_internal_url or settings.scalekit_environment_url) + "/keys")
        self.denied = DenyList(settings.deny_file)
        self._verified: OrderedDict[bytes, tuple[AccessToken, float, int]] = OrderedDict()

    async def verify_token(self, token: str) -> AccessToken | None:
        """Called by FastMCP: None if the token is not valid."""
        try:
            return await self.verify(token)
        except InvalidToken:
            return None

    async def verify(self, token: str) -> AccessToken:
        """Verifies a token.

        Raises:
            InvalidToken: the token is not valid.
            Unavailable: that cannot be decided now.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._verified.get(digest)
        if known and known[1] > time.time() and known[2] == self.keys.version:
            access = known[0]
        else:
            access = await self._verify(token)
            until = min(float(access.claims["exp"]), time.time() + 60)
            self._verified[digest] = (access, until, self.keys.version)
            while len(self._verified) > 20_000:
                self._verified.popitem(last=False)
        self._verified.move_to_end(digest)
        # After the signature: only whoever has a token learns that it is on the list.
        if self.denied.denies(access.claims):
            raise InvalidToken("token_denied", access.claims)
        return access

    async def _verify(self, token: str) -> AccessToken:
        if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII):
            raise InvalidToken("token_malformed")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.DecodeError as error:
            # A tampered signature may not even be base64url, and PyJWT reports that first.
            raise InvalidToken("token_signature" if "crypto" in str(error) else "token_malformed") from None
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise InvalidToken("token_malformed") from None
        kid = header.get("kid")
        if header.get("alg") != "RS256":
            raise InvalidToken("token_algorithm" if isinstance(header.get("alg"), str) else "token_malformed")
        # A token with a critical extension must be refused, as none is understood here (RFC 7515, section 4.1.11).
        if "crit" in header or "b64" in header or not isinstance(kid, (str, type(None))):
            raise InvalidToken("token_malformed")
        key = await self.keys.find(kid)
        try:
            payload = jwt.PyJWS().decode(token, key, algorithms=["RS256"])
        except jwt.InvalidSignatureError:
            raise InvalidToken("token_signature") from None
        except (jwt.InvalidTokenError, jwt.InvalidKeyError):
            raise InvalidToken("token_malformed") from None
        try:
            claims = json.loads(payload)
        except (ValueError, RecursionError):
            raise InvalidToken("token_malformed") from None
        if not isinstance(claims, dict):
            raise InvalidToken("token_malformed")
        if fault := self._fault(header, claims):
            raise InvalidToken(fault, claims)
        client = claims.get("client_id")
        return AccessToken(
            token=token,
            client_id=client if isinstance(client, str) else claims["sub"],
            scopes=_scopes_of(claims),
            expires_at=math.ceil(claims["exp"]) + CLOCK_TOLERANCE,
            subject=claims["sub"],
            claims=claims,
        )

    def _fault(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str | None:
        """RFC 8725, RFC 9068 and RFC 9449, section 7.2."""
        now = time.time()
        iss, sub, aud = (claims.get(name) for name in ("iss", "sub", "aud"))
        exp: Any = claims.get("exp")
        iat, nbf = claims.get("iat", now), claims.get("nbf", now)
        typ = header.get("typ", "JWT")
        if not isinstance(typ, str) or typ.lower() not in ("at+jwt", "application/at+jwt", "jwt"):
            return "token_type"
        if not isinstance(iss, str) or iss not in self._settings.issuers:
            return "token_issuer"
        # The resource id, and not the URL: it is in every token, and no trailing slash can make it differ.
        if self._settings.scalekit_resource_id not in (aud if isinstance(aud, list) else [aud]):
            return "token_audience"
        if not isinstance(sub, str) or not sub.strip():
            return "token_subject"
        if not all(map(_is_time, (exp, iat, nbf))):
            return "token_malformed"
        if exp <= now - CLOCK_TOLERANCE:
            return "token_expired"
        if max(nbf, iat) > now + CLOCK_TOLERANCE:
            return "token_not_yet_valid"
        if "cnf" in claims:
            return "token_sender_bound"
        return None if exp - iat <= LONGEST_LIFETIME else "token_lifetime"


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
    return _user_of(access)


def _user_of(access: AccessToken) -> User:
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
        roles=_texts(claims.get("roles")),
        permissions=_texts(claims.get("permissions")),
        scopes=frozenset(access.scopes),
    )


# --- Scopes: what a tool requires, and the challenge if a token lacks it ----------------------------------------------

_listing: ContextVar[bool] = ContextVar("listing", default=False)


@contextmanager
def _everything() -> Iterator[None]:
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
        return _listing.get() or (context.token is not None and set(self.scopes) <= set(context.token.scopes))


def scope_checks(defined: Mapping[str, str]) -> Callable[..., Requirement]:
    """Makes `requires` of `scopes.py`, which refuses a misspelt scope when the server starts."""
    for name in defined:
        if not re.fullmatch(r"[a-zA-Z0-9_:]{1,64}", name, re.ASCII):
            raise ValueError(
                f"The scope `{name}` is not one. Expected: letters, digits, _ and :, 64 characters at most"
            )

    def requires(*scopes: str) -> Requirement:
        for name in scopes:
            if name not in defined:
                raise ValueError(f"The scope `{name}` is not in scopes.py. Expected: {', '.join(defined)}")
        return Requirement(scopes)

    return requires


def scopes_required(component: Any) -> tuple[str, ...]:
    """The scopes that a tool, a resource or a prompt requires."""
    checks = component.auth if isinstance(component.auth, list) else [component.auth]
    return tuple(name for check in checks if isinstance(check, Requirement) for name in check.scopes)


def missing_scopes_message(missing: Sequence[str]) -> str:
    """The sentence for people and models."""
    names = [f"`{name}`" for name in missing]
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}{',' if len(names) > 2 else ''} and {names[-1]}"
    return f"Insufficient permissions: {joined} {'scopes' if len(missing) > 1 else 'scope'} required."


class Limiter:
    """How often each key may ask within a minute."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._counts: dict[str, tuple[int, float]] = {}

    def wait(self, key: str) -> int | None:
        """Counts one request. Returns the seconds to wait if there were too many."""
        now = time.monotonic()
        if len(self._counts) >= 50_000:
            self._counts = {name: entry for name, entry in self._counts.items() if entry[1] > now}
        count, until = self._counts.get(key, (0, 0.0))
        if until <= now:
            count, until = 0, now + 60
        self._counts[key] = (count + 1, until)
        return math.ceil(until - now) if self._most and count >= self._most else None


def _network_of(address: str) -> str:
    """One customer has 2^64 IPv6 addresses: they count as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


# --- Gate: FastMCP's middleware, before every tool, resource and prompt -----------------------------------------------


class Gate(Middleware):
    """Counts a call, looks at its scopes, logs it, and says in the answer what went wrong."""

    def __init__(self, settings: Settings, scopes: Sequence[str]) -> None:
        self._settings = settings
        self._scopes = scopes
        self._calls = Limiter(settings.tool_calls_per_minute)

    async def on_list_tools(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with _everything():
            tools = await call_next(context)
        return [tool.model_copy(update={"meta": {**(tool.meta or {}), **_security_of(tool)}}) for tool in tools]

    async def on_list_resources(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with _everything():
            return await call_next(context)

    async def on_list_resource_templates(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with _everything():
            return await call_next(context)

    async def on_list_prompts(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with _everything():
            return await call_next(context)

    async def on_call_tool(
        self, context: MiddlewareContext[CallToolRequestParams], call_next: CallNext[CallToolRequestParams, ToolResult]
    ) -> ToolResult:
        name = context.message.name
        await self._admit(await self._find(context, "get_tool", name), "tool")
        started = time.perf_counter()
        result = await self._run(name, context, call_next)
        ms = round((time.perf_counter() - started) * 1000, 1)
        about = {"subject": current_user().subject, "ms": ms, "requestId": _request_id()}
        log("info", "call", tool=name, **about, isError=result.is_error or None)
        return result

    async def _run(
        self, name: str, context: MiddlewareContext[CallToolRequestParams], call_next: CallNext[Any, ToolResult]
    ) -> ToolResult:
        try:
            return await call_next(context)
        except ValidationError as error:
            # A result and not a protocol error, so that a model reads it and tries again.
            return _error_result(f"Invalid arguments: {_explain(error)}")
        except ToolError as error:
            # FastMCP wraps unexpected exceptions; their details belong in the log only.
            if error.__cause__ is None or not str(error).startswith(f"Error calling tool {name!r}"):
                return _error_result(str(error))
            return _error_result(_report("tool_failed", error.__cause__, tool=name))

    async def on_read_resource(
        self, context: MiddlewareContext[ReadResourceRequestParams], call_next: CallNext[ReadResourceRequestParams, Any]
    ) -> Any:
        uri = str(context.message.uri)
        found = await self._find(context, "get_resource", uri) or await self._find(
            context, "get_resource_template", uri
        )
        await self._admit(found, "resource")
        return await self._logged("read", "resource_failed", call_next(context), resource=uri)

    async def on_get_prompt(
        self, context: MiddlewareContext[GetPromptRequestParams], call_next: CallNext[GetPromptRequestParams, Any]
    ) -> Any:
        name = context.message.name
        await self._admit(await self._find(context, "get_prompt", name), "prompt")
        return await self._logged("prompt", "prompt_failed", call_next(context), prompt=name)

    async def _logged(self, event: str, failure: str, work: Awaitable[Any], **about: str) -> Any:
        started = time.perf_counter()
        try:
            result = await work
        except (MCPError, NotFoundError):
            raise
        except FastMCPError as error:
            if error.__cause__ is None:
                raise
            raise MCPError(-32_603, _report(failure, error.__cause__, **about)) from None
        ms = round((time.perf_counter() - started) * 1000, 1)
        log("info", event, **about, subject=current_user().subject, ms=ms, requestId=_request_id())
        return result

    async def _find(self, context: MiddlewareContext[Any], method: str, name: str) -> Any:
        if context.fastmcp_context is None:
            return None
        with _everything():
            return await getattr(context.fastmcp_context.fastmcp, method)(name)

    async def _admit(self, component: Any, kind: str) -> None:
        """An unknown name counts towards the limit, so that guessing names is limited too."""
        user = current_user()
        if (wait := self._calls.wait(user.id)) is not None:
            _refuse(_too_many("tool_calls_limit", "Too many tool calls", wait))
        if component is None:
            raise MCPError(INVALID_PARAMS, f"There is no {kind} of that name")
        needed = scopes_required(component)
        missing = [name for name in needed if name not in user.scopes]
        if missing:
            message = missing_scopes_message(missing)
            # Those that are needed AND those that the client should keep: many replace their scopes by these.
            wanted = [name for name in self._scopes if name in {*self._scopes, *user.scopes, *needed}]
            headers = {"www-authenticate": challenge(self._settings, wanted, "insufficient_scope", message)}
            _refuse(Refusal(403, "insufficient_scope", message, headers))


def _refuse(refusal: Refusal) -> None:
    """The body carries the error in JSON-RPC; `Guard` turns it into an HTTP status as well."""
    get_http_request().state.refusal = refusal
    raise MCPError(refusal.code, refusal.message, {"reason": refusal.reason, "requestId": _request_id()})


def _request_id() -> str:
    return str(get_http_request().state.request_id)


def _error_result(message: str) -> ToolResult:
    return ToolResult(content=[TextContent(type="text", text=json.dumps({"error": message}))], is_error=True)


def _explain(error: ValidationError) -> str:
    """What is wrong with the arguments, without their values. The first few mistakes are enough."""
    if not isinstance(error.__cause__, PydanticValidationError):
        return str(error)
    mistakes = error.__cause__.errors(include_url=False, include_input=False, include_context=False)[:10]
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}" for each in mistakes)


def _report(failure: str, error: BaseException, **about: str) -> str:
    """What went wrong inside is for the log; the client is told an id to ask about."""
    stack = "".join(traceback.format_exception(error))
    log(
        "error",
        failure,
        **about,
        subject=current_user().subject,
        requestId=_request_id(),
        message=str(error),
        stack=stack,
    )
    return f"Internal error (request {_request_id()})"


def _security_of(component: Any) -> dict[str, Any]:
    """The scopes that it needs, in the form of OpenAI's Apps SDK: clients can ask for them before a call."""
    return {"securitySchemes": [{"type": "oauth2", "scopes": list(scopes_required(component))}]}


# --- Guard: the ASGI middleware around FastMCP's application ----------------------------------------------------------

RESOURCE_METADATA: Final = "/.well-known/oauth-protected-resource"
SERVER_METADATA: Final = "/.well-known/oauth-authorization-server"
OPENAI_CHALLENGE: Final = "/.well-known/openai-apps-challenge"
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
        self.scope, self.receive, self.guard = scope, receive, guard
        self._send = send
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

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        self.status = status
        whole = {**ALWAYS, **self.cors, **headers}
        if self.guard.is_ending:
            whole["connection"] = "close"
        sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in whole.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": sent})

    async def send(self, message: Message) -> None:
        """Gives up on an answer that the client does not read within 30 seconds."""
        async with asyncio.timeout(30):
            await self._send(message)

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
            "clientId": claims.get("client_id"),
            "subject": claims.get("sub"),
            "requestId": self.id,
            "stack": "".join(traceback.format_exception(error)) if error and refusal.status >= 500 else None,
        }
        # Clients probe at the start of each session, and expect 405 or 401.
        is_probe = refusal.reason in ("method", "no_token") and self.method in ("GET", "HEAD", "DELETE")
        level = "error" if refusal.status >= 500 else "debug" if is_probe else "info"
        log(level, "probe" if is_probe else "refused", **details)


Route = Callable[[Exchange], Awaitable[None]]


class Guard:
    """Lets a request through to FastMCP once it has passed every check, and serves the discovery documents."""

    def __init__(
        self, app: ASGIApp, *, name: str, tokens: AccessTokens, scopes: Sequence[str], settings: Settings
    ) -> None:
        self.app, self.name, self.tokens, self.scopes, self.settings = app, name, tokens, scopes, settings
        self.is_ending = False
        self._requests = Limiter(settings.requests_per_minute)
        self._refused_tokens = Limiter(settings.refused_tokens_per_minute)
        self._under_way: dict[str, int] = {}
        self._proxy_said = settings.trusted_proxies > 0
        self._server_metadata: tuple[bytes, float] | None = None
        url = urlsplit(settings.mcp_url)
        self._is_local = _is_loopback(url.hostname or "")
        own = ["localhost", "127.0.0.1", "[::1]"] if self._is_local else []
        self._hosts = {_host_of(each) for each in (url.netloc, *own, *settings.allowed_hosts)} - {""}
        self._origins = {_origin(url), *settings.allowed_origins}
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
        except _HungUp:
            return
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
        self.tokens.denied.denies({})
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
            "scopes_supported": list(self.scopes),
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
                document = await _download(url)
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
        user = _user_of(access)
        if (wait := self._requests.wait(user.id)) is not None:
            raise _too_many("requests_limit", "Too many requests", wait)
        if self._under_way.get(user.id, 0) >= 100:
            raise _too_many("requests_at_once", "There are 100 requests of this user under way", 1)
        self._under_way[user.id] = self._under_way.get(user.id, 0) + 1
        try:
            if exchange.method != "POST":
                raise Refusal(405, "method", "Only POST, OPTIONS are allowed here", {"allow": "POST, OPTIONS"})
            message = await _read_message(exchange, self.settings.max_body_bytes)
            # A stream ends when its token expires.
            async with asyncio.timeout(max(float(access.claims["exp"]) + CLOCK_TOLERANCE - time.time(), 0)):
                await self._hand_on(exchange, message)
        finally:
            self._under_way[user.id] -= 1
            if not self._under_way[user.id]:
                del self._under_way[user.id]

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
        return self._is_local and local is not None and _is_loopback(local[1].strip("[]").lower())

    async def _authenticate(self, exchange: Exchange) -> AccessToken:
        self._hint_at_proxy(exchange)
        if re.search(rb"(?:^|&)access_token=", exchange.scope["query_string"], re.I):
            raise Refusal(400, "token_in_url", "A token in a URL ends up in logs: send it in the Authorization header")
        sent = exchange.values("authorization")
        if len(sent) > 1:
            raise Refusal(400, "two_tokens", "There are two Authorization headers")
        bearer = re.fullmatch(r"bearer +(.*)", sent[0], re.I) if sent else None
        if bearer is None:
            headers = {"www-authenticate": challenge(self.settings, self.scopes)}
            raise Refusal(401, "no_token", "An access token is required", headers)
        try:
            return await self.tokens.verify(bearer[1])
        except InvalidToken as invalid:
            headers = {"www-authenticate": challenge(self.settings, self.scopes, "invalid_token", str(invalid))}
            refused = Refusal(401, invalid.reason, str(invalid), headers)
            refused.claims = invalid.claims
            # An expired token was once good, and its owner needs the 401 to get another.
            if invalid.reason != "token_expired" and (address := exchange.address()):
                if (wait := self._refused_tokens.wait(_network_of(address))) is not None:
                    refused = _too_many("refused_tokens_limit", "Too many bad tokens", wait, headers)
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

    async def _hand_on(self, exchange: Exchange, message: dict[str, Any]) -> None:
        """FastMCP gets the message as it was checked, not as it was sent: no second parser can read it otherwise."""
        # Half a surrogate pair becomes a question mark, because Python cannot encode it.
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
        dropped = (b"content-length", b"accept", b"content-type", b"transfer-encoding")
        headers = [each for each in exchange.scope["headers"] if each[0] not in dropped]
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"content-type", b"application/json"),
            (b"accept", b"application/json, text/event-stream"),
        ]
        scope = {**exchange.scope, "path": "/mcp", "raw_path": b"/mcp", "headers": headers}
        await self.app(scope, _replay(body, exchange.receive), _AnswerOfFastMCP(exchange))


class _AnswerOfFastMCP:
    """Passes an answer on; if a call was refused, the HTTP status says so too."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        exchange = self._exchange
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            await self._begin(self._start)
            self._start = None
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


# --- Body: one JSON object, small and flat enough ---------------------------------------------------------------------

DEEPEST: Final = 64
BODY_SECONDS: Final = 30


class _HungUp(Exception):
    """The client has hung up: there is nobody left to answer."""


async def _read_message(exchange: Exchange, most: int) -> dict[str, Any]:
    # A few compressed kilobytes can be gigabytes.
    if exchange.value("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refusal(415, "content_encoding", "Send the body without Content-Encoding")
    if not re.match(r"application/json\s*(?:;|$)", exchange.value("content-type"), re.I):
        raise Refusal(415, "content_type", "Content-Type has to be application/json")
    body = (await _read_body(exchange, most)).removeprefix(b"\xef\xbb\xbf")
    _check_shape(body, max(5000, most // 16))
    try:
        message = json.loads(body.decode("utf-8"), parse_constant=_not_json)
    except (ValueError, RecursionError):
        # The parser's message would show parts of the body.
        raise Refusal(400, "json", "The body is not JSON in UTF-8", code=-32_700) from None
    if isinstance(message, list):
        raise Refusal(400, "batch", "Batches are not part of MCP: send one message", code=-32_600)
    if not isinstance(message, dict):
        raise Refusal(400, "not_an_object", "The body is not a JSON object", code=-32_600)
    _check_envelope(exchange, message)
    without: dict[str, Any] = _without_nulls(message)
    return without


def _check_envelope(exchange: Exchange, message: dict[str, Any]) -> None:
    """Refuses what FastMCP would take for a notification, answer at length, or read from the first of two headers."""
    identifier = message.get("id", 0)
    if not isinstance(identifier, (str, int)) or isinstance(identifier, bool):
        raise Refusal(400, "id", "The id of a request is a text or a whole number", code=-32_600)
    if len(str(message.get("method", ""))) > 200:
        raise Refusal(400, "method_name", "The name of the method is too long", code=-32_600)
    for name in ("mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id"):
        if len(exchange.values(name)) > 1:
            raise Refusal(400, "two_headers", f"There are two headers {name}")


async def _read_body(exchange: Exchange, most: int) -> bytes:
    too_large = Refusal(413, "body_size", f"The body is larger than {most} bytes")
    length = exchange.value("content-length", "0")
    if not length.isdecimal() or int(length) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await exchange.receive()
                if message["type"] != "http.request":
                    raise _HungUp
                body += message.get("body", b"")
                if len(body) > most:
                    raise too_large
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise Refusal(408, "too_slow", "The request did not come in time", {"connection": "close"}) from None


def _check_shape(body: bytes, most_parts: int) -> None:
    """Counts brackets before anything is parsed, since later code may walk through the message recursively."""
    depth = parts = 0
    for bracket in re.sub(rb'"(?:[^"\\]|\\.)*"?', b"", body, flags=re.DOTALL):
        if bracket in b"[{":
            depth, parts = depth + 1, parts + 1
            if depth > DEEPEST:
                raise Refusal(400, "depth", f"The body is nested deeper than {DEEPEST} levels", code=-32_600)
            if parts > most_parts:
                raise Refusal(400, "parts", f"The body has more than {most_parts} objects and arrays", code=-32_600)
        elif bracket in b"]}":
            depth -= 1


def _not_json(constant: str) -> None:
    raise ValueError(constant)


def _without_nulls(part: Any) -> Any:
    """Clients in Go, Java or C# write absent members as null. Nulls in a tool's arguments are left to the tool."""
    if isinstance(part, list):
        return [_without_nulls(each) for each in part]
    if not isinstance(part, dict):
        return part
    untouched = ("arguments", "inputResponses", "data")
    given = {name: value for name, value in part.items() if value is not None or name == "id"}
    return {name: value if name in untouched else _without_nulls(value) for name, value in given.items()}


# --- The process: listens, and shuts down cleanly ---------------------------------------------------------------------


def protect(mcp: FastMCP[Any], settings: Settings) -> Guard:
    """Puts `Gate` and `Guard` around a server whose provider has `AccessTokens` as its `token_verifier`."""
    auth = mcp.auth
    tokens = getattr(auth, "token_verifier", None)
    if auth is None or not isinstance(tokens, AccessTokens):
        raise TypeError("server.py has to hand `token_verifier=AccessTokens(settings)` to ScalekitProvider")
    scopes = auth.scopes_supported
    mcp.add_middleware(Gate(settings, scopes))
    # Host and Origin are checked by `Guard`, by the same rule as everything else.
    app = mcp.http_app(path="/mcp", json_response=True, stateless_http=True, host_origin_protection=False)
    return Guard(app, name=mcp.name, tokens=tokens, scopes=scopes, settings=settings)


class _Connection(H11Protocol):
    """Adds time-outs and JSON answers: uvicorn waits for ever for slow clients, and answers invalid HTTP in plain text."""

    HEAD_SECONDS, REST_SECONDS = 10, 5
    _cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._cut_after(self.HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            if self._cut is None:
                self._cut_after(self.HEAD_SECONDS)
        elif self.conn.their_state is not h11.IDLE and self.conn.our_state is not h11.DONE:
            self._keep()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # The rest of a refused body is read and discarded, for a limited time, so that the answer arrives.
        if self.conn.their_state is h11.SEND_BODY:
            self._cut_after(self.REST_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._keep()
        super().connection_lost(exc)

    def _cut_after(self, seconds: float) -> None:
        self._keep()
        self._cut = self.loop.call_later(seconds, self.transport.close)

    def _keep(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None

    def send_400_response(self, msg: str) -> None:
        refusal = Refusal(
            400, "not_http", "This is not an HTTP request, or its headers are larger than MAX_HEADER_BYTES"
        )
        address = (self.client or ("",))[0]
        log("info", "refused", reason=refusal.reason, message=refusal.message, status=400, address=address)
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = refusal.body(str(uuid.uuid4()))
            lines = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
            head = "".join(f"{name}: {value}\r\n" for name, value in {**lines, **ALWAYS, **OPEN}.items())
            self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n".encode() + body)
        self.transport.close()


class _Server(uvicorn.Server):
    """On SIGTERM goes on serving while a load balancer notices; a second signal ends it at once. Exit code 0."""

    def __init__(self, config: uvicorn.Config, guard: Guard) -> None:
        super().__init__(config)
        self._guard = guard
        self._end = math.inf

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: Any) -> None:
        if self._guard.is_ending:
            os._exit(0)
        self._guard.is_ending = True
        seconds = self._guard.settings.drain_seconds if sig == signal.SIGTERM else 0
        log("info", "draining" if seconds else "closing", signal=signal.Signals(sig).name, seconds=seconds or None)
        self._end = time.monotonic() + seconds

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or time.monotonic() >= self._end


def _hosts_of(settings: Settings) -> list[str]:
    """A local server listens at both addresses of `localhost`: otherwise a program at the other could take its clients."""
    name = urlsplit(settings.mcp_url).hostname or ""
    localhost = ["127.0.0.1", "::1"]
    if settings.host is not None:
        return localhost if settings.host == "localhost" else [settings.host.strip("[]")]
    if not _is_loopback(name):
        return ["::"] if socket.has_dualstack_ipv6() else ["0.0.0.0"]
    return [*localhost, name] if name.startswith("127.") and name != "127.0.0.1" else localhost


def _listen(settings: Settings) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for host in _hosts_of(settings):
        try:
            family, _, _, _, address = socket.getaddrinfo(host, settings.port, type=socket.SOCK_STREAM)[0]
            is_open = host == "::"
            sockets.append(socket.create_server(address[:2], family=family, backlog=2048, dualstack_ipv6=is_open))
        except OSError as error:
            if sockets and host == "::1" and error.errno != 98:
                continue
            log("error", "not_listening", message=_why_not(error, settings, host))
            raise SystemExit(1) from None
    return sockets


SHELLS: Final = (
    "Some shells, and conda, set HOST to the name of the machine: `unset HOST` in this shell, or set it to an address of "
    "this machine, such as 127.0.0.1."
)


def _why_not(error: OSError, settings: Settings, host: str) -> str:
    port = settings.port
    if isinstance(error, PermissionError):
        return f"Port {port} needs more rights than this process has: take one above 1023."
    if isinstance(error, socket.gaierror) or "assign" in str(error):
        why = "cannot be found" if isinstance(error, socket.gaierror) else "is not an address of this machine"
        return f"HOST is `{settings.host}`, which {why}. {SHELLS}"
    holder, address = "another program", "[::1]" if host == "::1" else "127.0.0.1"
    try:
        with urllib.request.urlopen(f"http://{address}:{port}{RESOURCE_METADATA}", timeout=1) as answer:
            holder = f'the MCP server "{json.load(answer)["resource_name"]}"'
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        pass
    where = " of [::1]" if host == "::1" else ""
    return f"Port {port}{where} is taken by {holder}. Stop it, or set another PORT (and MCP_URL) in .env."


def serve(mcp: FastMCP[Any], settings: Settings) -> None:
    """Runs the server as this process, until it is told to end."""
    guard = protect(mcp, settings)
    sockets = _listen(settings)
    config = uvicorn.Config(
        guard,
        http=_Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=settings.max_header_bytes,
    )
    log(
        "info",
        "listening",
        message=f"{mcp.name} is ready at {settings.endpoint}",
        port=settings.port,
        host=settings.host,
    )
    _say_other_port(settings)
    _Server(config, guard).run(sockets=sockets)


def _say_other_port(settings: Settings) -> None:
    url = urlsplit(settings.mcp_url)
    port = url.port or (443 if url.scheme == "https" else 80)
    if port != settings.port:
        message = f"MCP_URL says port {port}, the server listens on {settings.port}: a proxy has to lead from one to the other."
        log("info" if url.scheme == "https" else "warn", "other_port", message=message)
