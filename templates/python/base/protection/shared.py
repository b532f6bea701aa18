"""What all processes of a server share through Redis, if REDIS_URL is set: the counts of the limits, and the deny list."""

from __future__ import annotations

import asyncio
import importlib
import time
from typing import Any, Final

from protection.logs import log

# As long as the deny list of scalekit-mcp keeps a denial that was lifted, so that every server sees that.
LIFTED_DENIALS_STAY: Final = 60 * 60


class Unreachable(Exception):
    """Redis does not answer."""


class Redis:
    """A connection to Redis, made when it is first needed. Nothing waits for a Redis that is away."""

    # In seconds: how long a request waits, and how long Redis is not asked again after that.
    PATIENCE, PAUSE = 0.5, 1.0

    def __init__(self, url: str, *, server: str, resource_id: str) -> None:
        # The client is installed only where it is used.
        asyncio_client: Any = importlib.import_module("redis.asyncio")
        self._errors: tuple[type[Exception], ...] = (asyncio_client.RedisError, OSError, TimeoutError)
        self._client = asyncio_client.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
        # The keys of the server in TypeScript: replicas of either language count together.
        self._limits = f"scalekit-mcp:{server}:limits"
        self._denied = f"scalekit-mcp:{resource_id}:denied"
        self._is_away = False
        self._away_until = 0.0

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Counts one request in a window. Returns how many there were, and the seconds until the window ends.

        Raises:
            Unreachable: it has to be counted elsewhere.
        """
        if time.monotonic() < self._away_until:
            raise Unreachable
        name = f"{self._limits}:{key}"
        try:
            async with asyncio.timeout(self.PATIENCE), self._client.pipeline(transaction=True) as pipe:
                pipe.set(name, 0, ex=seconds, nx=True).incr(name).pttl(name)
                _, count, left = await pipe.execute()
        except self._errors as error:
            self._away_until = time.monotonic() + self.PAUSE
            if not self._is_away:
                message = f"Redis does not count ({error or 'no answer'}): each process counts for itself until it does"
                log("warn", "limits_not_shared", message=message)
            self._is_away = True
            raise Unreachable from error
        if self._is_away:
            log("info", "limits_shared")
        self._is_away = False
        return count, left / 1000

    async def denials(self) -> dict[str, float]:
        """Who is denied, and until when (seconds since 1970); lifted denials are among them for a while.

        Raises:
            Unreachable: the list cannot be read.
        """
        try:
            async with asyncio.timeout(2):
                since = (time.time() - LIFTED_DENIALS_STAY) * 1000
                found = await self._client.zrangebyscore(self._denied, since, "+inf", withscores=True)
        except self._errors as error:
            raise Unreachable(str(error) or "no answer") from error
        return {name.decode("utf-8", "replace"): score / 1000 for name, score in found}
