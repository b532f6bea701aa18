"""`pydantic_ai_tools.py <endpoint> <token>`, as its documentation shows it."""

import asyncio
import sys

from conversation import try_tools
from pydantic_ai.mcp import MCPToolset

endpoint, token = sys.argv[1:]


async def main():
    async with MCPToolset(endpoint, headers={"Authorization": f"Bearer {token}"}) as toolset:
        await try_tools([tool.name for tool in await toolset.list_tools()], toolset.direct_call_tool)


asyncio.run(main())
