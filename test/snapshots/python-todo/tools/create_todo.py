"""Creates a todo, unless the user has too many already."""

from typing import Annotated

from fastmcp.tools import tool
from mcp_types import ToolAnnotations
from pydantic import Field
from typing_extensions import TypedDict

from protection import current_user
from scopes import requires
from store import Todo, todos


class Created(TypedDict):
    todo: Todo


@tool(
    title="Create a todo",
    auth=requires("todo:write"),
    annotations=ToolAnnotations(
        title="Create a todo",
        read_only_hint=False,
        destructive_hint=False,
        idempotent_hint=False,
        open_world_hint=False,
    ),
)
async def create_todo(
    title: Annotated[str, Field(min_length=1, max_length=200, description="What there is to do, in a few words")],
    description: Annotated[
        str | None, Field(max_length=2000, description="What else there is to know about it")
    ] = None,
) -> Created:
    """Adds a todo to the list of the user."""
    return {"todo": await todos.create(current_user().id, title, description)}
