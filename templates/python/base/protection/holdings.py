"""What one user holds at the same time. Rate limits do not bound it: a request can take long, an answer can wait to be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from protection.refusals import too_many

# Requests under way, from their headers until their answers have been read.
MOST_REQUESTS: Final = 100
# Bytes of answers that were written to a connection and not yet read at its other end.
MOST_UNTAKEN: Final = 8 * 1024 * 1024


class Held:
    """What a user holds."""

    def __init__(self) -> None:
        self.requests = 0
        self.untaken = 0


class Place:
    """One request's part in that."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self.untaken = 0

    def answer(self, size: int) -> None:
        """Counts bytes of the answer."""
        self.untaken += size
        self._held.untaken += size


class Holdings:
    """What all users hold."""

    def __init__(self) -> None:
        self._users: dict[str, Held] = {}

    @contextmanager
    def place(self, user: str) -> Iterator[Place]:
        """Counts a request. Raises a refusal if this user is at a limit."""
        held = self._users.setdefault(user, Held())
        if held.requests >= MOST_REQUESTS:
            raise too_many("requests_at_once", f"There are {MOST_REQUESTS} requests of this user under way", 1)
        if held.untaken >= MOST_UNTAKEN:
            raise too_many("answers_not_taken", "Earlier answers to this user have not been read", 1)
        held.requests += 1
        place = Place(held)
        try:
            yield place
        finally:
            held.requests -= 1
            held.untaken -= place.untaken
            if held.requests == 0:
                del self._users[user]
