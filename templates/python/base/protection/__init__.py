"""Protects this server with Scalekit's OAuth 2.1, and closes the gaps that FastMCP's own provider leaves.

This package belongs to scalekit-mcp: `npx scalekit-mcp update` replaces it as a whole. Change nothing here.

FastMCP verifies tokens and serves the protocol. This package uses FastMCP's extension points: `AccessTokens` is a
`TokenVerifier`, `Scopes.requires` gives auth checks of tools, `Gate` is a FastMCP middleware, and `Guard` an ASGI middleware
around `mcp.http_app()`. A request passes them in this order: path, Host and Origin, CORS, token, limits, body, scopes.
"""

from typing import Final

# First: it reads `.env` before FastMCP does.
from protection import environment as environment  # isort: skip

from protection.logs import log
from protection.process import carried_state, protect, serve
from protection.scopes import Scopes, missing_scopes_message, scopes_required
from protection.settings import Settings, load_settings
from protection.tokens import AccessTokens
from protection.users import User, current_user

__all__ = [
    "AccessTokens",
    "Scopes",
    "Settings",
    "User",
    "carried_state",
    "current_user",
    "load_settings",
    "log",
    "missing_scopes_message",
    "protect",
    "scopes_required",
    "serve",
]

VERSION: Final = "0.0.0"
