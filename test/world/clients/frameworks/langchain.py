"""`langchain.py <endpoint> <token>`, as its documentation shows it."""

import asyncio
import sys

from conversation import try_tools
from langchain_mcp_adapters.client import MultiServerMCPClient

endpoint, token = sys.argv[1:]


async def main():
    headers = {"Authorization": f"Bearer {token}"}
    client = MultiServerMCPClient(
        {"todo": {"transport": "streamable_http", "url": endpoint, "headers": headers}}
    )
    tools = {tool.name: tool for tool in await client.get_tools()}
    await try_tools(tools, lambda name, arguments: tools[name].ainvoke(arguments))


asyncio.run(main())
