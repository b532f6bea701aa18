"""The body of a request: one JSON object, small and flat enough."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, Final

from protection.exchange import Exchange
from protection.refusals import Refusal

DEEPEST: Final = 64
BODY_SECONDS: Final = 30


class HungUp(Exception):
    """The client has hung up: there is nobody left to answer."""


async def read_message(exchange: Exchange, most: int) -> dict[str, Any]:
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
                    raise HungUp
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
