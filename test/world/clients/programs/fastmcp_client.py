"""FastMCP's client with its own OAuth, as its documentation shows it: `Client(url, auth="oauth")`."""

import asyncio
import sys

from conversation import converse
from fastmcp import Client
from fastmcp.client.auth import OAuth

endpoint, *scopes = sys.argv[1:]


async def main():
    client = Client(endpoint, auth=OAuth(scopes=scopes) if scopes else "oauth")

    async def tools():
        return [tool.name for tool in await client.list_tools()]

    async def call(name, arguments):
        result = await client.call_tool(name, arguments)
        return result.structured_content

    async def sign_in_again():
        # A new object: tokens live in its memory alone.
        nonlocal client
        await client.close()
        client = Client(endpoint, auth=OAuth(scopes=scopes) if scopes else "oauth")
        await client.__aenter__()

    await client.__aenter__()
    await converse(tools, call, sign_in_again)


asyncio.run(main())
