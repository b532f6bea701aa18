"""The tools of this server. One file a tool; a tool that is not in this list does not exist."""

from collections.abc import Callable
from typing import Any

from tools.create_todo import create_todo
from tools.delete_todo import delete_todo
from tools.get_todo import get_todo
from tools.list_todos import list_todos
from tools.update_todo import update_todo
# scalekit-mcp add: imports go above this line

TOOLS: list[Callable[..., Any]] = [
    create_todo,
    list_todos,
    get_todo,
    update_todo,
    delete_todo,
    # scalekit-mcp add: tools go above this line
]
