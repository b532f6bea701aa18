"""What the tests start from: this server in the same process, and tokens signed with the tests' own key."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.testclient import TestClient

ENVIRONMENT = "http://localhost:9"
RESOURCE_ID = "res_1"
MCP_URL = "http://localhost:3002/"
os.environ.update(
    PORT="3002",
    SCALEKIT_ENVIRONMENT_URL=ENVIRONMENT,
    SCALEKIT_CLIENT_ID="",
    SCALEKIT_RESOURCE_ID=RESOURCE_ID,
    MCP_URL=MCP_URL,
    LOG_LEVEL="error",
)
# What this machine's .env says beyond that is not for the tests.
LIMITS = ("REQUESTS_PER_MINUTE", "TOOL_CALLS_PER_MINUTE", "REFUSED_TOKENS_PER_MINUTE")
UNSET = ("APP_ENV", "NODE_ENV", "ALLOWED_HOSTS", "ALLOWED_ORIGINS", "DENY_FILE", "REDIS_URL", *LIMITS)
os.environ.update(dict.fromkeys(UNSET, ""))

from protection import protect  # noqa: E402
from scopes import SCOPES  # noqa: E402
from server import mcp, settings  # noqa: E402

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def mint(
    key: rsa.RSAPrivateKey = KEY, *, scopes: list[str] | None = None, subject: str = "usr_1", **claims: Any
) -> str:
    """A token as Scalekit makes it; `claims` replaces claims, and None removes one."""
    now = int(time.time())
    payload = {
        "iss": f"{ENVIRONMENT}/resources/{RESOURCE_ID}",
        "aud": [MCP_URL, RESOURCE_ID],
        "sub": subject,
        "client_id": "m2m_1",
        "scope": " ".join(SCOPES if scopes is None else scopes),
        "iat": now,
        "exp": now + 3600,
        **claims,
    }
    given = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(given, key, algorithm="RS256", headers={"kid": "test"})


@dataclass
class Answer:
    """The outcome of a tool call."""

    status: int
    challenge: str
    error: str | None = None
    """What a model can read: of the tool, of its arguments, or of the scopes that are missing."""
    result: Any = None


class Server:
    def __init__(self, client: TestClient) -> None:
        self.client = client

    def send(self, method: str, params: dict[str, Any] | None = None, *, token: str | None = None) -> Any:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        return self.client.post("/mcp", json=body, headers=headers)

    def call(
        self, name: str, arguments: dict[str, Any] | None = None, *, token: str | None = None, **who: Any
    ) -> Answer:
        response = self.send("tools/call", {"name": name, "arguments": arguments or {}}, token=token or mint(**who))
        answer = Answer(response.status_code, response.headers.get("www-authenticate", ""))
        body = response.json()
        if "error" in body:
            answer.error = body["error"]["message"]
        elif body["result"].get("isError"):
            answer.error = json.loads(body["result"]["content"][0]["text"])["error"]
        else:
            answer.result = body["result"]["structuredContent"]
        return answer


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    guard = protect(mcp, settings)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    guard.tokens.keys.use({"keys": [{**public, "kid": "test", "use": "sig", "alg": "RS256"}]})
    with TestClient(guard, base_url="http://localhost:3002") as client:
        yield Server(client)
