"""Every tool: called with its scopes, and refused without any one of them. Then the tokens and requests to refuse."""

import time
from typing import Any

import pytest
from fastmcp.tools import FunctionTool

from protection import missing_scopes_message, scopes_required
from scopes import SCOPES
from tests.conftest import ENVIRONMENT, FOREIGN_KEY, Server, mint
from tools import TOOLS

tools = [FunctionTool.from_function(each) for each in TOOLS]
needs = [(tool.name, list(scopes_required(tool))) for tool in tools]
denials = [(name, scopes, missing) for name, scopes in needs for missing in scopes]
each_tool = pytest.mark.parametrize(("name", "scopes"), needs)


@each_tool
def test_lets_a_tool_be_called_with_its_scopes(server: Server, name: str, scopes: list[str]) -> None:
    assert server.call(name, scopes=scopes).status == 200


@pytest.mark.parametrize(("name", "scopes", "missing"), denials)
def test_answers_403_without_a_scope(server: Server, name: str, scopes: list[str], missing: str) -> None:
    answer = server.call(name, scopes=[scope for scope in SCOPES if scope != missing])
    assert answer.status == 403
    assert answer.error == missing_scopes_message([missing]), "a model can read what is missing"
    assert 'error="insufficient_scope"' in answer.challenge
    assert missing in answer.challenge.partition('scope="')[2].split('"')[0].split(" "), (
        "the client is told what to ask for"
    )


@each_tool
def test_answers_401_to_a_token_that_has_expired(server: Server, name: str, scopes: list[str]) -> None:
    answer = server.call(name, scopes=scopes, exp=int(time.time()) - 120)
    assert (answer.status, 'error="invalid_token"' in answer.challenge) == (401, True)


def test_answers_401_without_a_token(server: Server) -> None:
    response = server.send("tools/list")
    assert response.status_code == 401
    challenge = response.headers["www-authenticate"]
    assert "error" not in challenge
    assert 'resource_metadata="http://localhost:3002/.well-known/oauth-protected-resource/mcp"' in challenge


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": ["res_2"]},
        {"iss": "https://evil.example"},
        {"sub": None},
        {"exp": None},
        {"exp": int(time.time()) + 10 * 365 * 86_400},
        {"cnf": {"jkt": "x"}},
        {"key": FOREIGN_KEY},
    ],
    ids=str,
)
def test_refuses_a_bad_token(server: Server, wrong: dict[str, Any]) -> None:
    assert server.send("tools/list", token=mint(**wrong)).status_code == 401


def test_takes_both_issuers(server: Server) -> None:
    assert server.send("tools/list", token=mint(iss=ENVIRONMENT)).status_code == 200


def test_lists_every_tool_whatever_the_token_may_do(server: Server) -> None:
    listed = server.send("tools/list", token=mint(scopes=[])).json()["result"]["tools"]
    assert [each["name"] for each in listed] == [tool.name for tool in tools]


@pytest.mark.parametrize("path", ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"])
def test_says_where_tokens_come_from(server: Server, path: str) -> None:
    metadata = server.client.get(path).json()
    assert metadata["resource"] == "http://localhost:3002/mcp"
    assert metadata["scopes_supported"] == list(SCOPES)


def test_refuses_what_a_web_page_of_another_site_sends(server: Server) -> None:
    headers = {"origin": "https://evil.example", "authorization": f"Bearer {mint()}"}
    assert server.client.post("/mcp", json={}, headers=headers).status_code == 403
