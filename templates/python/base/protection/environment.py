"""Reads `.env` into the process environment, which takes precedence.

This happens on import, before FastMCP is imported: FastMCP reads `.env` too, and ends in a traceback if it is not in UTF-8.
"""

import io
import os
from pathlib import Path
from typing import Final

from dotenv import dotenv_values


def _load(file: Path) -> str | None:
    """Returns why a file that exists cannot be read. A container has none: everything is in its environment."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{file} cannot be read: {error}"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        return f"{file} is in UTF-16: save it as UTF-8"
    # Not `utf-8`: a byte order mark would hide the first variable.
    text = data.decode("utf-8-sig", "replace")
    for name, value in dotenv_values(stream=io.StringIO(text)).items():
        os.environ.setdefault(name, value or "")
    return None


PROBLEM: Final = _load(Path(".env"))
# FastMCP's own variables (`FASTMCP_…`) are in the environment by now.
os.environ.setdefault("FASTMCP_ENV_FILE", os.devnull)
