"""The server of Scalekit's FastMCP guide, with list_todos alone and the same five todos as the others."""

import os
import uuid

from fastmcp import FastMCP
from fastmcp.server.auth.providers.scalekit import ScalekitProvider
from fastmcp.server.dependencies import get_access_token

mcp = FastMCP(
    "Todo MCP",
    auth=ScalekitProvider(
        environment_url=os.environ["SCALEKIT_ENVIRONMENT_URL"],
        resource_id=os.environ["SCALEKIT_RESOURCE_ID"],
        base_url=f"http://localhost:{os.environ['PORT']}/",
    ),
)

TODOS = [
    {
        "id": str(uuid.uuid4()),
        "title": f"Todo {number}",
        "description": "Measure it, then say it.",
        "completed": False,
    }
    for number in range(1, 6)
]


@mcp.tool
def list_todos(completed: bool | None = None) -> dict:
    """List your todos."""
    if "todo:read" not in get_access_token().scopes:
        return {"error": "Insufficient permissions: `todo:read` scope required."}
    return {"todos": [todo for todo in TODOS if completed is None or todo["completed"] == completed]}


if __name__ == "__main__":
    mcp.run(transport="http", port=int(os.environ["PORT"]), stateless_http=True)
