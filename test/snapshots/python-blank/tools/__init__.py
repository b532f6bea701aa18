"""The tools of this server. One file a tool; a tool that is not in this list does not exist."""

from collections.abc import Callable
from typing import Any

from tools.todo_read import todo_read
from tools.todo_write import todo_write
# scalekit-mcp add: imports go above this line

TOOLS: list[Callable[..., Any]] = [
    todo_read,
    todo_write,
    # scalekit-mcp add: tools go above this line
]
