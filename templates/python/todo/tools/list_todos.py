"""Lists todos, a page at a time: all, or those that are completed or open."""

from typing import Annotated

from fastmcp.tools import tool
from mcp_types import ToolAnnotations
from pydantic import Field

from protection import current_user
from scopes import requires
from store import Page, todos

# Enough for a model to read at once; it asks for more if it needs more.
DEFAULT_LIMIT = 100


@tool(
    title="List todos",
    auth=requires("todo:read"),
    annotations=ToolAnnotations(
        title="List todos",
        read_only_hint=True,
        destructive_hint=False,
        idempotent_hint=True,
        open_world_hint=False,
    ),
)
async def list_todos(
    completed: Annotated[
        bool | None, Field(description="true for completed todos, false for open ones; all if left out")
    ] = None,
    limit: Annotated[int | None, Field(ge=1, le=1000, description=f"How many at most; default {DEFAULT_LIMIT}")] = None,
    cursor: Annotated[str | None, Field(max_length=100, description="next_cursor of the page before")] = None,
) -> Page:
    """Lists the todos of the user, oldest first: all, or only those that are completed or open.

    Where there are more, the answer has next_cursor.
    """
    return await todos.list(current_user().id, completed=completed, limit=limit or DEFAULT_LIMIT, cursor=cursor)
