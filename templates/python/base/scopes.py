"""The scopes of this server, named as in Scalekit's dashboard (MCP Servers > your server), and what each allows."""

from protection import Scopes

SCOPES = {
    "todo:read": "Read your todos",
    "todo:write": "Create, change and delete your todos",
}

scopes = Scopes(SCOPES)
# A tool that requires a misspelt scope keeps the server from starting.
requires = scopes.requires
