"""`openai_agents.py <endpoint> <token>`, as its documentation shows it."""

import asyncio
import sys

from agents.mcp import MCPServerStreamableHttp
from conversation import try_tools

endpoint, token = sys.argv[1:]


async def main():
    params = {"url": endpoint, "headers": {"Authorization": f"Bearer {token}"}}
    async with MCPServerStreamableHttp(params=params) as server:
        await try_tools([tool.name for tool in await server.list_tools()], server.call_tool)


asyncio.run(main())
