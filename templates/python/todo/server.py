"""The server: its name, how it is protected, and what it can do."""

# First: it reads .env, before FastMCP does.
from protection import AccessTokens, carried_state, load_settings, serve  # isort: skip

from fastmcp import FastMCP
from fastmcp.server.auth.providers.scalekit import ScalekitProvider

from scopes import scopes
from tools import TOOLS

settings = load_settings()

mcp = FastMCP(
    "Todo MCP",
    version="0.1.0",
    # What models are told about the server as a whole; some read only the first 512 characters.
    instructions="Keeps a todo list for whoever is signed in. Ids come from list_todos and create_todo.",
    auth=ScalekitProvider(
        environment_url=settings.scalekit_environment_url,
        resource_id=settings.scalekit_resource_id,
        base_url=settings.mcp_url,
        scopes_supported=scopes.names,
        token_verifier=AccessTokens(settings, scopes),
    ),
    tools=TOOLS,
    # What clients carry while a person answers a question.
    request_state_security=carried_state(settings),
    mask_error_details=True,
    strict_input_validation=True,
    # How long clients may keep what they have listed, in seconds.
    cache_ttl=60,
)

if __name__ == "__main__":
    serve(mcp, settings)
