"""An example, to be replaced by what your server is for."""

from typing import Annotated

from fastmcp.tools import tool
from mcp_types import ToolAnnotations
from pydantic import Field
from typing_extensions import TypedDict

from protection import current_user
from scopes import requires


class Answer(TypedDict):
    message: str
    subject: str


@tool(
    title="Example for todo:write",
    # The names come from scopes.py. All scopes that are listed here are required.
    auth=requires("todo:write"),
    annotations=ToolAnnotations(
        title="Example for todo:write",
        read_only_hint=True,
        destructive_hint=False,
        idempotent_hint=True,
        open_world_hint=False,
    ),
)
async def todo_write(
    message: Annotated[str, Field(max_length=200, description="Anything; it comes back")] = "Hello",
) -> Answer:
    """Says who called it. Needs the scope todo:write."""
    # A model reads the line above to decide whether to use the tool.
    return {"message": message, "subject": current_user().subject}
