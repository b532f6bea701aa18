"""Scalekit's documents: its signing keys, fetched and kept."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2
import jwt

from protection.logs import log
from protection.refusals import InvalidToken, Unavailable

# How far, in seconds, the clocks of two machines may be apart.
CLOCK_TOLERANCE: Final = 60


async def download(url: str) -> tuple[Any, httpx2.Headers]:
    """Fetches a JSON document of Scalekit's: no redirects, 5 seconds, 256 KB."""
    async with httpx2.AsyncClient(timeout=5, follow_redirects=False) as client, asyncio.timeout(5):
        async with client.stream(
            "GET", url, headers={"accept": "application/json", "accept-encoding": "identity"}
        ) as response:
            if response.status_code != 200:
                raise ValueError(f"{url} answered {response.status_code}")
            data = b""
            async for part in response.aiter_bytes():
                data += part
                if len(data) > 256 * 1024:
                    raise ValueError(f"{url} sent more than 256 KB")
            return json.loads(data), response.headers


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
        self._is_clock_off = False

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
            asked = time.time()
            key_set, headers = await download(self.url)
            self.use(key_set)
            self._compare_clocks(_clock_offset(headers, asked, time.time()))
        except Exception as error:
            self._failures += 1
            self._failed = time.monotonic()
            pause = min(2 ** (self._failures - 1), 8)
            log("warn", "keys_unavailable", url=self.url, cause=repr(error), retryInMs=pause * 1000)
            raise Unavailable("keys_unavailable", "Tokens cannot be verified now", pause) from error
        finally:
            self._pending = None

    def _compare_clocks(self, offset: int) -> None:
        """With a wrong clock good tokens are refused, and nothing else would say why. Said once, until it is right again."""
        was_off, self._is_clock_off = self._is_clock_off, abs(offset) > CLOCK_TOLERANCE
        if not self._is_clock_off or was_off:
            return
        relation, effect = (
            ("behind", "new tokens are not valid yet")
            if offset > 0
            else ("ahead of", "good tokens look as if they had expired")
        )
        message = (
            f"This machine's clock is {_in_words(abs(offset))} {relation} Scalekit's: {effect}. "
            "Have it set automatically (NTP)."
        )
        log("warn", "clock_off", message=message, seconds=offset)


def _clock_offset(headers: Mapping[str, str], asked: float, answered: float) -> int:
    """How many seconds the server's clock is ahead of ours; 0 if that cannot be told."""
    try:
        sent = parsedate_to_datetime(headers.get("date", "")).timestamp() + int(headers.get("age", "0"))
    except (ValueError, TypeError):
        return 0
    # `Date` is truncated to whole seconds: half a second more is the better guess.
    return round(sent + 0.5 - (asked + answered) / 2)


def _in_words(seconds: int) -> str:
    """A time that a person can compare with a watch."""
    hours = seconds / 3600
    if hours >= 48:
        return f"{round(hours / 24)} days"
    if hours >= 2:
        return f"{round(hours)} hours"
    return f"{round(seconds / 60)} minutes" if seconds >= 120 else f"{seconds} seconds"
