"""The process: listens, and shuts down cleanly."""

from __future__ import annotations

import asyncio
import errno
import http.client
import json
import math
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from fastmcp import FastMCP
from mcp.server.request_state import RequestStateSecurity

from protection.connection import Connection
from protection.gate import Gate
from protection.guard import Guard
from protection.logs import log
from protection.rules import is_loopback
from protection.settings import RESOURCE_METADATA, Settings
from protection.tokens import AccessTokens


def protect(mcp: FastMCP[Any], settings: Settings) -> Guard:
    """Puts `Gate` and `Guard` around a server whose provider has `AccessTokens` as its `token_verifier`."""
    tokens = getattr(mcp.auth, "token_verifier", None)
    if not isinstance(tokens, AccessTokens):
        raise TypeError("server.py has to hand `token_verifier=AccessTokens(settings, scopes)` to ScalekitProvider")
    mcp.add_middleware(Gate(settings, tokens))
    # Host and Origin are checked by `Guard`, by the same rule as everything else.
    app = mcp.http_app(path="/mcp", json_response=True, stateless_http=True, host_origin_protection=False)
    return Guard(app, name=mcp.name, tokens=tokens, settings=settings)


def carried_state(settings: Settings) -> RequestStateSecurity | None:
    """How FastMCP seals what clients carry while a person answers: by STATE_SECRET, or by a key of this process."""
    if settings.state_secret is None:
        return None
    return RequestStateSecurity(keys=[settings.state_secret], audience=settings.endpoint)


SHELLS: Final = (
    "Some shells, and conda, set HOST to the name of the machine: `unset HOST` in this shell, or set it to an address of "
    "this machine, such as 127.0.0.1."
)


class _Server(uvicorn.Server):
    """On SIGTERM goes on serving while a load balancer notices; a second signal ends it at once. Exit code 0."""

    def __init__(self, config: uvicorn.Config, guard: Guard) -> None:
        super().__init__(config)
        self._guard = guard
        self._end = math.inf

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                # Between two steps of the loop: what runs inside one, such as a line of the log, is not to be entered again.
                loop.add_signal_handler(number, self.handle_exit, number, None)
            except NotImplementedError:
                # Windows.
                signal.signal(number, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: Any) -> None:
        if self._guard.is_ending:
            os._exit(0)
        self._guard.is_ending = True
        seconds = self._guard.settings.drain_seconds if sig == signal.SIGTERM else 0
        log("info", "draining" if seconds else "closing", signal=signal.Signals(sig).name, seconds=seconds or None)
        self._end = time.monotonic() + seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # So that the first request need not wait for them. If they cannot be fetched, the log says so.
        first_keys = asyncio.ensure_future(self._guard.tokens.keys.load())
        first_keys.add_done_callback(lambda task: task.cancelled() or task.exception())
        if not self.should_exit:
            await self._say_where_it_is()

    async def _say_where_it_is(self) -> None:
        """Says that it is ready only if that is true."""
        settings = self._guard.settings
        url = urlsplit(settings.mcp_url)
        port = url.port or (443 if url.scheme == "https" else 80)
        level, message = "info", f"{self._guard.name} is ready at {settings.endpoint}"
        is_ours = port == settings.port and is_loopback(url.hostname or "")
        if settings.host is not None and is_ours and not await asyncio.to_thread(_answers, settings.mcp_url):
            level = "warn"
            message = (
                f"The server listens, but not where MCP_URL leads: {settings.endpoint} does not answer. "
                f"HOST is `{settings.host}`. {SHELLS}"
            )
        log(level, "listening", message=message, port=settings.port, host=settings.host)
        if port != settings.port:
            message = f"MCP_URL says port {port}, the server listens on {settings.port}: a proxy has to lead from one to the other."
            log("info" if url.scheme == "https" else "warn", "other_port", message=message)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._guard.settings.drain_seconds and self._end < math.inf:
            log("info", "closing")
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or time.monotonic() >= self._end


# Past the proxy that the environment may name.
_local: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _answers(mcp_url: str) -> bool:
    """Whether a client that follows this URL reaches this process."""
    try:
        with _local.open(mcp_url + "healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def _hosts_of(settings: Settings) -> list[str]:
    """A local server listens at both addresses of `localhost`: otherwise a program at the other could take its clients."""
    name = urlsplit(settings.mcp_url).hostname or ""
    localhost = ["127.0.0.1", "::1"]
    if settings.host is not None:
        return localhost if settings.host == "localhost" else [settings.host.strip("[]")]
    if not is_loopback(name):
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
            # Not every machine has IPv6.
            if sockets and host == "::1" and error.errno != errno.EADDRINUSE:
                continue
            log("error", "not_listening", message=_why_not(error, settings, host))
            raise SystemExit(1) from None
    return sockets


def _why_not(error: OSError, settings: Settings, host: str) -> str:
    port = settings.port
    if isinstance(error, PermissionError):
        return f"Port {port} needs more rights than this process has: take one above 1023."
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        why = "cannot be found" if isinstance(error, socket.gaierror) else "is not an address of this machine"
        return f"HOST is `{settings.host}`, which {why}. {SHELLS}"
    address = "[::1]" if host == "::1" else "127.0.0.1"
    try:
        with _local.open(f"http://{address}:{port}{RESOURCE_METADATA}", timeout=1) as answer:
            holder = f'the MCP server "{json.load(answer)["resource_name"]}"'
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        holder = "another program"
    where = " of [::1]" if host == "::1" else ""
    return f"Port {port}{where} is taken by {holder}. Stop it, or set another PORT (and MCP_URL) in .env."


def serve(mcp: FastMCP[Any], settings: Settings) -> None:
    """Runs the server as this process, until it is told to end."""
    guard = protect(mcp, settings)
    sockets = _listen(settings)
    config = uvicorn.Config(
        guard,
        http=Connection,
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
    _Server(config, guard).run(sockets=sockets)
