"""Limits: how often a user, or an address, may ask within a minute."""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Protocol

from protection.shared import Redis, Unreachable

WINDOW = 60


class Counter(Protocol):
    """Counts in windows of a minute."""

    async def count(self, key: str) -> tuple[int, float]:
        """Counts one request. Returns how many there were in this window, and the seconds until it ends."""


class OwnCounter:
    """Counts in the memory of this process."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, float]] = {}

    async def count(self, key: str) -> tuple[int, float]:
        now = time.monotonic()
        self._forget(now)
        count, until = self._windows.get(key, (0, now + WINDOW))
        self._windows[key] = (count + 1, until)
        return count + 1, until - now

    def _forget(self, now: float) -> None:
        """The first window is always the oldest: a dict keeps the order in which keys were added."""
        while self._windows:
            key = next(iter(self._windows))
            if self._windows[key][1] > now:
                return
            del self._windows[key]


class SharedCounter:
    """Counts in Redis for all processes; while Redis is away, each process counts for itself."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis, self._name = redis, name
        self._own = OwnCounter()

    async def count(self, key: str) -> tuple[int, float]:
        try:
            return await self._redis.count(f"{self._name}:{key}", WINDOW)
        except Unreachable:
            return await self._own.count(key)


class Limiter:
    """How often each key may ask within a minute. With `most` 0 there is no limit."""

    def __init__(self, name: str, most: int, redis: Redis | None = None) -> None:
        self._most = most
        self._counter: Counter = OwnCounter() if redis is None else SharedCounter(redis, name)

    async def wait(self, key: str) -> int | None:
        """Counts one request. Returns the seconds to wait if there were too many."""
        if self._most == 0:
            return None
        count, seconds = await self._counter.count(key)
        return math.ceil(seconds) if count > self._most else None


def network_of(address: str) -> str:
    """One customer has 2^64 IPv6 addresses: they count as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if parsed.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
