import { pythonText } from '../../project/source-text.ts';
import { onlyReads, titleOf } from './hints.ts';
import type { FeatureRequest } from './request.ts';

/** The files that a new tool of a Python project starts from: their tests pass as they are. */

/**
 * @param identifier of the function: the tool's name, but where that is none in Python.
 * @returns `tools/<identifier>.py`.
 */
export function pythonTool({ name, scopes }: FeatureRequest, identifier: string): string {
  const title = pythonText(titleOf(name));
  const reads = onlyReads(scopes) ? 'True' : 'False';
  return `"""A start: say what ${name} is for, what it takes and returns, and let it do that."""

from typing import Annotated

from fastmcp.tools import tool
from mcp_types import ToolAnnotations
from pydantic import Field
from typing_extensions import TypedDict

from protection import current_user
from scopes import requires


class Answer(TypedDict):
    message: str
    subject: str


@tool(
    "${name}",
    title=${title},
    # The names come from scopes.py. All scopes that are listed here are required.
    auth=requires(${scopes.map(pythonText).join(', ')}),
    # What clients tell people before a call.
    annotations=ToolAnnotations(
        title=${title},
        read_only_hint=${reads},
        destructive_hint=${reads === 'True' ? 'False' : 'True'},
        idempotent_hint=${reads},
        open_world_hint=False,
    ),
)
async def ${identifier}(
    message: Annotated[str, Field(max_length=200, description="Anything; it comes back")] = "Hello",
) -> Answer:
    """Says who called it."""
    # A model reads the line above to decide whether to use the tool.
    return {"message": message, "subject": current_user().subject}
`;
}

/** @returns its test. `tests/test_tools.py` has the denied calls of every tool in the list; this one has them again, by name. */
export function pythonTest({ name, scopes }: FeatureRequest): string {
  const list = `[${scopes.map(pythonText).join(', ')}]`;
  return `"""${name}: what it answers to who may call it, and that nobody else may."""

import pytest

from protection import missing_scopes_message
from scopes import SCOPES
from tests.conftest import Server

NEEDED = ${list}


def test_is_allowed_with_its_scopes(server: Server) -> None:
    answer = server.call("${name}", {"message": "Hi"}, scopes=NEEDED, subject="usr_1")
    assert answer.result == {"message": "Hi", "subject": "usr_1"}


@pytest.mark.parametrize("missing", NEEDED)
def test_is_denied_without_a_scope(server: Server, missing: str) -> None:
    answer = server.call("${name}", scopes=[scope for scope in SCOPES if scope != missing])
    assert (answer.status, answer.error) == (403, missing_scopes_message([missing]))
`;
}
