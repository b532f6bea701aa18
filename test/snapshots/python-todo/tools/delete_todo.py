"""Deletes a todo."""

from typing import Annotated

from fastmcp.exceptions import ToolError
from fastmcp.tools import tool
from mcp_types import ToolAnnotations
from pydantic import Field
from typing_extensions import TypedDict

from protection import current_user
from scopes import requires
from store import todos


class Deleted(TypedDict):
    deleted: Annotated[str, Field(description="The id of the todo that is gone")]


@tool(
    title="Delete a todo",
    auth=requires("todo:write"),
    annotations=ToolAnnotations(
        title="Delete a todo",
        read_only_hint=False,
        destructive_hint=True,
        idempotent_hint=True,
        open_world_hint=False,
    ),
)
async def delete_todo(
    todo_id: Annotated[str, Field(description="The id, as create_todo and list_todos give it")],
) -> Deleted:
    """Deletes a todo of the user for good."""
    if not await todos.delete(current_user().id, todo_id):
        raise ToolError(f"Todo `{todo_id}` not found.")
    return {"deleted": todo_id}
