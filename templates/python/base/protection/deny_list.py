"""The deny list: people and tokens that are refused before the tokens expire. `scalekit-mcp deny` writes it."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from protection.logs import log
from protection.refusals import Unavailable
from protection.shared import LIFTED_DENIALS_STAY, Redis, Unreachable

# With its zone: what a time without one means depends on the reader.
TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?", re.ASCII)

Denials = Mapping[str, float]


class Source(Protocol):
    """Where denials come from: ids (`jti` or `sub`), and until when they are denied, in seconds since 1970."""

    async def read(self) -> Denials:
        """Raises OSError or Unreachable if they cannot be read."""


class DenyList:
    """Denials of all sources. A denial takes effect within 5 seconds."""

    # In seconds: when it is read again beside requests, and when a request waits for that.
    FRESH, USABLE = 1, 4

    def __init__(self, file: str | None, redis: Redis | None) -> None:
        self._sources: list[Source] = []
        if file is not None:
            self._sources.append(_File(Path(file)))
        if redis is not None:
            self._sources.append(_Shared(redis))
        self._denied: dict[Source, Denials] = {}
        self._looked = -math.inf
        self._looking: asyncio.Task[None] | None = None
        self._failing: set[Source] = set()

    async def denies(self, claims: Mapping[str, Any]) -> bool:
        """Whether this token is refused.

        Raises:
            Unavailable: A source has never been read. Nobody knows who is on it, so nobody is let in.
        """
        if not self._sources:
            return False
        age = time.monotonic() - self._looked
        if age > self.FRESH and self._looking is None:
            self._looking = asyncio.create_task(self._look())
        if age > self.USABLE and self._looking is not None:
            # A client that hangs up must not cancel the reading that others wait for.
            await asyncio.shield(self._looking)
        if len(self._denied) < len(self._sources):
            raise Unavailable("deny_list_unavailable", "Tokens cannot be verified now", 2)
        now = time.time()
        ids = [str(claims[name]) for name in ("sub", "jti") if name in claims]
        return any(denied.get(each, 0) > now for denied in self._denied.values() for each in ids)

    async def _look(self) -> None:
        """A source that can no longer be read stays as it was last read, and the log says so once."""
        try:
            for source in self._sources:
                await self._read(source)
        finally:
            self._looked, self._looking = time.monotonic(), None

    async def _read(self, source: Source) -> None:
        try:
            self._denied[source] = await source.read()
            if source in self._failing:
                log("info", "deny_list_available")
            self._failing.discard(source)
        except (OSError, Unreachable) as error:
            if source not in self._failing:
                log("error", "deny_list_unavailable", message=str(error))
            self._failing.add(source)


class _File:
    """One `<id> <time>` per line; `#` begins a comment. Of several lines for one id the last counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._denied: Denials | None = None
        self._stamp: object = None

    async def read(self) -> Denials:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            if self._stamp is not None:
                raise
            if self._denied is None:
                message = (
                    f"DENY_FILE names `{self._path}`, which is not there: nobody is denied until it is. "
                    "`scalekit-mcp deny` makes it."
                )
                log("warn", "deny_file_missing", message=message)
            self._denied = {}
            return self._denied
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if self._denied is not None and stamp == self._stamp:
            return self._denied
        denied, wrong = _parse(self._path.read_text("utf-8-sig", "replace"))
        # The last line of a file that is being written may not be whole yet, and it may change without a new time.
        is_certain = time.time() - status.st_mtime > 3
        if wrong and is_certain:
            lines = ", ".join(map(str, wrong[:10]))
            message = (
                f"DENY_FILE has lines that mean nothing: {lines}. "
                "Expected: an id and a time, such as usr_1 2026-12-01T12:00:00Z"
            )
            log("error", "deny_file_lines", message=message)
        # Nor may the others: until that is certain, whoever is no longer named stays denied.
        self._denied = denied if is_certain else {**(self._denied or {}), **denied}
        self._stamp = stamp if is_certain else ()
        return self._denied


class _Shared:
    """A sorted set in Redis. What Redis no longer has stays denied: one that comes back empty lets nobody in."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._known: dict[str, float] = {}

    async def read(self) -> Denials:
        self._known.update(await self._redis.denials())
        since = time.time() - LIFTED_DENIALS_STAY
        self._known = {name: until for name, until in self._known.items() if until >= since}
        return self._known


def _parse(text: str) -> tuple[dict[str, float], list[int]]:
    """Returns the denials, and the numbers of lines that mean nothing."""
    denied: dict[str, float] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        match re.sub(r"(?:^|\s)#.*$", "", line).split():
            case []:
                continue
            case [name, until] if (end := _time_of(until)) is not None:
                denied[name] = end
            case _:
                wrong.append(number)
    return denied, wrong


def _time_of(text: str) -> float | None:
    if not TIME.fullmatch(text):
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
