"""A whole sign-in, as an MCP client does it: from just the URL to the list of tools. Needs Node.js, for the local Scalekit."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastmcp import Client
from fastmcp.client.auth import OAuth

from scopes import SCOPES
from tools import TOOLS

ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "node_modules/scalekit-mcp/bin/scalekit-mcp.js"
pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not PROGRAM.exists(),
    reason="the OAuth walk needs Node.js and `npm install`, for the local Scalekit",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A local Scalekit and this server, as processes of their own."""
    url = f"http://localhost:{(port := free_port())}/"
    options = ["--port", "0", "--mcp-url", url, "--scopes", ",".join(SCOPES), "--auto-approve", "--ephemeral", "--json"]
    node = ["node", str(PROGRAM), "emulate", *options]
    with subprocess.Popen(node, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as scalekit:
        assert scalekit.stdout is not None
        variables = json.loads(scalekit.stdout.readline())["variables"]
        env = {**os.environ, **variables, "PORT": str(port), "MCP_URL": url, "LOG_LEVEL": "info", "LOG_FORMAT": "json"}
        with subprocess.Popen([sys.executable, "server.py"], cwd=ROOT, env=env, stderr=subprocess.PIPE) as server:
            assert server.stderr is not None
            assert b'"listening"' in server.stderr.readline()
            yield url + "mcp"
            server.terminate()
            assert server.wait() == 0
        scalekit.terminate()


class SignIn(OAuth):
    """Takes the place of a browser: the local Scalekit approves by itself, and redirects with the code."""

    async def redirect_handler(self, authorization_url: str) -> None:
        async with httpx2.AsyncClient(follow_redirects=False) as browser:
            response = await browser.get(authorization_url)
            while not (location := response.headers["location"]).startswith("http://localhost:1/"):
                response = await browser.get(response.url.join(location))
        self.answer = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    async def callback_handler(self):  # type: ignore[no-untyped-def]
        from mcp.client.auth import AuthorizationCodeResult

        return AuthorizationCodeResult(code=self.answer["code"], state=self.answer["state"], iss=self.answer.get("iss"))


async def test_a_client_signs_in_and_lists_the_tools(endpoint: str) -> None:
    async with Client(endpoint, auth=SignIn(endpoint, callback_port=1)) as client:
        listed = [tool.name for tool in await client.list_tools()]
    assert listed == [each.__name__ for each in TOOLS]
