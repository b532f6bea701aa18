"""Reads a todo."""

from typing import Annotated

from fastmcp.exceptions import ToolError
from fastmcp.tools import tool
from mcp_types import ToolAnnotations
from pydantic import Field
from typing_extensions import TypedDict

from protection import current_user
from scopes import requires
from store import Todo, todos


class Found(TypedDict):
    todo: Todo


@tool(
    title="Get a todo",
    auth=requires("todo:read"),
    annotations=ToolAnnotations(
        title="Get a todo",
        read_only_hint=True,
        destructive_hint=False,
        idempotent_hint=True,
        open_world_hint=False,
    ),
)
async def get_todo(
    todo_id: Annotated[str, Field(description="The id, as create_todo and list_todos give it")],
) -> Found:
    """Reads one todo of the user."""
    todo = await todos.get(current_user().id, todo_id)
    if todo is None:
        raise ToolError(f"Todo `{todo_id}` not found.")
    return {"todo": todo}
