"""The official Python SDK's client with its `OAuthClientProvider`, as its documentation shows it."""

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from os import environ
from urllib.parse import parse_qs, urlparse

import httpx2
from conversation import converse
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

endpoint, *scopes = sys.argv[1:]


class Memory:
    """Where tokens and the registration are kept."""

    tokens = None
    client_info = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client_info

    async def set_client_info(self, client_info):
        self.client_info = client_info


class Callback(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.parameters = parse_qs(urlparse(self.path).query)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Signed in. You may close this window.")

    def log_message(self, *_):
        pass


def make_auth(storage):
    server = HTTPServer(("127.0.0.1", 0), Callback)

    async def redirect(url):
        subprocess.Popen([environ["BROWSER"], url])

    async def callback():
        await asyncio.to_thread(server.handle_request)
        values = {name: value[0] for name, value in server.parameters.items()}
        return AuthorizationCodeResult(code=values["code"], state=values.get("state"), iss=values.get("iss"))

    metadata = OAuthClientMetadata(
        client_name="Python SDK",
        redirect_uris=[f"http://127.0.0.1:{server.server_port}/callback"],
        scope=" ".join(scopes) or None,
    )
    return OAuthClientProvider(endpoint, metadata, storage, redirect, callback)


async def main():
    stack = AsyncExitStack()
    client = None

    async def connect():
        nonlocal client
        http_client = await stack.enter_async_context(httpx2.AsyncClient(auth=make_auth(Memory()), timeout=60))
        client = await stack.enter_async_context(
            Client(streamable_http_client(endpoint, http_client=http_client))
        )

    async def tools():
        return [tool.name for tool in (await client.list_tools()).tools]

    async def call(name, arguments):
        result = await client.call_tool(name, arguments)
        if result.is_error:
            raise RuntimeError(str(result.content))
        return result.structured_content

    async def sign_in_again():
        nonlocal stack
        await stack.aclose()
        stack = AsyncExitStack()
        await connect()

    await connect()
    await converse(tools, call, sign_in_again)


asyncio.run(main())
