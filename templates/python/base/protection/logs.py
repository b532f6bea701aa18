"""The log: one JSON line per event on stderr; in a terminal, a line for people."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final

LEVELS: Final = ("debug", "info", "warn", "error")
COLOURS: Final = {"debug": 90, "info": 32, "warn": 33, "error": 31, "grey": 90}
SECRET: Final = re.compile(r"eyJ[\w-]+(?:\.[\w-]*)*|(?:skcs_|sks_|test_)[\w-]{4,}")
# The user name and password of a URL.
CREDENTIALS: Final = re.compile(r"//[^\s/?#]*@")
_lowest = 1
_as_text = False


def log(level: str, event: str, **details: Any) -> None:
    """Writes an event; details that are None are left out. Never hand it a token or a secret."""
    if LEVELS.index(level) < _lowest:
        return
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    given = {
        name: safe(value, 4000 if name == "stack" else 500) for name, value in details.items() if value is not None
    }
    if not _as_text:
        # ASCII only: whatever would break a line, control the terminal or reverse text is escaped.
        line = json.dumps({"time": now, "level": level, "event": event, **given}, separators=(",", ":"))
    else:
        line = _for_people(now[11:19], level, event, given)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _for_people(time: str, level: str, event: str, details: dict[str, Any]) -> str:
    """The message first, then what is beside it, and a stack on lines of its own."""
    message, stack = details.pop("message", None), details.pop("stack", "")
    if level != "error":
        details.pop("requestId", None)
    pairs = [f"{_painted('grey', f'{name}=')}{_word(value)}" for name, value in details.items()]
    words = [_painted("grey", time), _painted(level, event), *([visible(str(message))] if message else []), *pairs]
    # Indented, so that none of them can pass for an event: an error's message may be what somebody sent.
    return " ".join(words) + "".join(f"\n  {visible(each)}" for each in str(stack).splitlines())


def _word(value: Any) -> str:
    """Without quotes if it is one word all the same."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.:/@+-]+", value, re.ASCII) else json.dumps(value)


def _painted(colour: str, text: str) -> str:
    return text if os.environ.get("NO_COLOR") else f"\033[{COLOURS[colour]}m{text}\033[0m"


def safe(value: Any, longest: int) -> Any:
    if isinstance(value, (bool, int, float)):
        return value
    text = CREDENTIALS.sub("//…@", SECRET.sub(lambda secret: secret[0][:3] + "…", str(value)))
    return text if len(text) <= longest else text[:longest] + "…"


def visible(text: str) -> str:
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


class _LibraryLog(logging.Handler):
    """Logs the messages of FastMCP, the SDK and uvicorn in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        stack = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else None
        level = "error" if record.levelno >= logging.ERROR else "warn"
        log(level, "library", logger=record.name, message=record.getMessage(), stack=stack)


def set_up_log(level: str, form: str | None) -> None:
    """`form` is `json` or `text`; None is text in a terminal, json elsewhere."""
    global _lowest, _as_text
    _lowest = LEVELS.index(level)
    _as_text = form == "text" if form else sys.stderr.isatty()
    logging.basicConfig(handlers=[_LibraryLog()], level=logging.ERROR, force=True)
    for name in ("fastmcp", "mcp", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        # Calls, refusals and failures have lines of their own.
        logger.setLevel(logging.ERROR if name == "mcp" else logging.CRITICAL)
