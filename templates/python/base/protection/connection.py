"""A connection: uvicorn's, with time limits, and with refusals that say what is wrong.

uvicorn waits for ever for slow clients, and answers what is not HTTP in plain text.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import uuid
from http import HTTPStatus
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from protection.exchange import ALWAYS, OPEN
from protection.logs import log
from protection.refusals import Refusal

END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
# What often comes instead of HTTP, by its first bytes, and what to do about it.
OTHER_PROTOCOLS: Final = {
    b"\x16\x03": "This is TLS, and plain HTTP is spoken here: use http://, or a proxy in front that takes https",
    b"PROXY ": "This is the PROXY protocol, which is not spoken here: switch it off at the load balancer",
    b"\r\n\r\n\0\r\nQUIT\n": "This is the PROXY protocol, which is not spoken here: switch it off at the load balancer",
    b"PRI * HTTP/2": "This is HTTP/2, which is not spoken here: let the proxy use HTTP/1.1",
}


class Connection(H11Protocol):
    """One connection of a client or a proxy."""

    HEAD_SECONDS, REST_SECONDS, ANSWER_SECONDS = 10, 5, 30
    _is_refused = False
    _cut: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _start = b""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # An answer is two writes. asyncio does this by itself, but not for sockets that were opened elsewhere; without it the
        # second write waits for the client's delayed acknowledgement, 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Each request gets a copy of it as its state.
        self.app_state = {**self.app_state, "connection": self}
        self._cut_after(self.HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        # A client that is still sending would lose its answer if the connection were closed at once.
        if self._is_refused:
            return
        self._start = self._start or data[:16]
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            if self._cut is None:
                self._cut_after(self.HEAD_SECONDS)
        elif self.conn.their_state is not h11.IDLE and self.conn.our_state is not h11.DONE:
            self._keep()

    def handle_events(self) -> None:
        # h11 joins a header that is folded over several lines, which a server has to refuse (RFC 9112, section 5.2).
        if self.conn.their_state is h11.IDLE:
            waiting = self.conn.trailing_data[0]
            end = END_OF_HEAD.search(waiting)
            head = waiting[: end.start()] if end else waiting
            if b"\n " in head or b"\n\t" in head:
                return self._refuse(Refusal(400, "not_http", "This is not an HTTP request: a header is folded"))
        super().handle_events()

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn while it handles h11's error."""
        if getattr(sys.exception(), "error_status_hint", 400) == 431:
            message = f"The headers are larger than {self.config.h11_max_incomplete_event_size} bytes; MAX_HEADER_BYTES sets the limit"
            return self._refuse(Refusal(431, "headers_size", message))
        named = [name for start, name in OTHER_PROTOCOLS.items() if self._start.startswith(start)]
        self._refuse(Refusal(400, "not_http", named[0] if named else "This is not an HTTP request"))

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # The rest of a refused body is read and discarded, for a limited time, so that the answer arrives.
        if self.conn.their_state is h11.SEND_BODY:
            self._cut_after(self.REST_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._keep()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read its answer. `close` would wait for it; `abort` does not."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.REST_SECONDS, self.transport.abort)

    def _cut_after(self, seconds: float) -> None:
        self._keep()
        self._cut = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            return self._refuse(Refusal(408, "too_slow", "The request did not come in time"))
        self.transport.close()

    def _keep(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None

    def _refuse(self, refusal: Refusal) -> None:
        """Answers what never becomes a request. Nothing in the answer must be kept from a web page."""
        status, address = refusal.status, (self.client or ("",))[0]
        log("info", "refused", reason=refusal.reason, message=refusal.message, status=status, address=address)
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            body = refusal.body(str(uuid.uuid4()))
            lines = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
            head = "".join(f"{name}: {value}\r\n" for name, value in {**lines, **ALWAYS, **OPEN}.items())
            self.transport.write(f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode() + body)
        self._is_refused = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._keep()
        self._cut = self.loop.call_later(1, self.transport.abort)
