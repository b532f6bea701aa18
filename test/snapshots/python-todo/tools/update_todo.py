"""Changes a todo: what is left out, or null, stays as it is."""

from typing import Annotated

from fastmcp.exceptions import ToolError
from fastmcp.tools import tool
from mcp_types import ToolAnnotations
from pydantic import Field
from typing_extensions import TypedDict

from protection import current_user
from scopes import requires
from store import Todo, todos


class Updated(TypedDict):
    todo: Todo


@tool(
    title="Update a todo",
    auth=requires("todo:write"),
    annotations=ToolAnnotations(
        title="Update a todo",
        read_only_hint=False,
        destructive_hint=True,
        idempotent_hint=True,
        open_world_hint=False,
    ),
)
async def update_todo(
    todo_id: Annotated[str, Field(description="The id, as create_todo and list_todos give it")],
    title: Annotated[str | None, Field(min_length=1, max_length=200)] = None,
    description: Annotated[str | None, Field(max_length=2000)] = None,
    completed: bool | None = None,
) -> Updated:
    """Changes a todo of the user: its title, its description, whether it is completed. What is left out stays."""
    todo = await todos.update(current_user().id, todo_id, title=title, description=description, completed=completed)
    if todo is None:
        raise ToolError(f"Todo `{todo_id}` not found.")
    return {"todo": todo}
