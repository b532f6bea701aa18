"""The gate: a FastMCP middleware before every tool, resource and prompt."""

from __future__ import annotations

import json
import re
import time
import traceback
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from fastmcp.exceptions import FastMCPError, NotFoundError, ToolError, ValidationError
from fastmcp.server.dependencies import get_http_request
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams
from mcp_types import TextContent
from pydantic import ValidationError as PydanticValidationError

from protection.exchange import challenge
from protection.limits import Limiter
from protection.logs import log
from protection.refusals import Refusal, too_many
from protection.scopes import everything, missing_scopes_message, scopes_required, unmet_requirements
from protection.settings import Settings
from protection.tokens import AccessTokens
from protection.users import current_user

# FastMCP looks up such names in a way of its own, for apps. Nothing here needs that, and it would be one more way to a tool.
HASHED: Final = re.compile(r"__[0-9a-f]+_")


class Gate(Middleware):
    """Counts a call, looks at its scopes, logs it, and says in the answer what went wrong."""

    def __init__(self, settings: Settings, tokens: AccessTokens) -> None:
        self._settings = settings
        self._scopes = tokens.scopes
        self._calls = Limiter("tool-calls", settings.tool_calls_per_minute, tokens.redis)

    async def on_list_tools(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with everything():
            tools = await call_next(context)
        return [tool.model_copy(update={"meta": {**(tool.meta or {}), **_security_of(tool)}}) for tool in tools]

    async def on_list_resources(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with everything():
            return await call_next(context)

    async def on_list_resource_templates(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with everything():
            return await call_next(context)

    async def on_list_prompts(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        with everything():
            return await call_next(context)

    async def on_call_tool(
        self, context: MiddlewareContext[CallToolRequestParams], call_next: CallNext[CallToolRequestParams, ToolResult]
    ) -> ToolResult:
        name = context.message.name
        await self._count()
        if HASHED.match(name):
            raise MCPError(INVALID_PARAMS, "There is no tool of that name")
        started = time.perf_counter()
        with self._known("tool", name):
            result = await self._run(name, context, call_next)
        ms = round((time.perf_counter() - started) * 1000, 1)
        about = {"subject": current_user().subject, "ms": ms, "requestId": _request_id()}
        log("info", "call", tool=name, **about, isError=result.is_error or None)
        return result

    async def _run(
        self, name: str, context: MiddlewareContext[CallToolRequestParams], call_next: CallNext[Any, ToolResult]
    ) -> ToolResult:
        try:
            return await call_next(context)
        except ValidationError as error:
            # A result and not a protocol error, so that a model reads it and tries again.
            return _error_result(f"Invalid arguments: {_explain(error)}")
        except ToolError as error:
            # FastMCP wraps unexpected exceptions; their details belong in the log only.
            if error.__cause__ is None or not str(error).startswith(f"Error calling tool {name!r}"):
                return _error_result(str(error))
            return _error_result(_report("tool_failed", error.__cause__, tool=name))

    async def on_read_resource(
        self, context: MiddlewareContext[ReadResourceRequestParams], call_next: CallNext[ReadResourceRequestParams, Any]
    ) -> Any:
        uri = str(context.message.uri)
        await self._count()
        with self._known("resource", uri):
            return await self._logged("read", "resource_failed", call_next(context), resource=uri)

    async def on_get_prompt(
        self, context: MiddlewareContext[GetPromptRequestParams], call_next: CallNext[GetPromptRequestParams, Any]
    ) -> Any:
        name = context.message.name
        await self._count()
        with self._known("prompt", name):
            return await self._logged("prompt", "prompt_failed", call_next(context), prompt=name)

    async def _logged(self, event: str, failure: str, work: Awaitable[Any], **about: str) -> Any:
        started = time.perf_counter()
        try:
            result = await work
        except (MCPError, NotFoundError):
            raise
        except FastMCPError as error:
            if error.__cause__ is None:
                raise
            raise MCPError(-32_603, _report(failure, error.__cause__, **about)) from None
        ms = round((time.perf_counter() - started) * 1000, 1)
        log("info", event, **about, subject=current_user().subject, ms=ms, requestId=_request_id())
        return result

    async def _count(self) -> None:
        """An unknown name counts as well, so that guessing names is limited too."""
        if (wait := await self._calls.wait(current_user().id)) is not None:
            _refuse(too_many("tool_calls_limit", "Too many tool calls", wait))

    @contextmanager
    def _known(self, kind: str, name: str) -> Iterator[None]:
        """FastMCP finds nothing where scopes are missing. Whoever has a token may know what is there, and what it takes."""
        with unmet_requirements() as unmet:
            try:
                yield
            except NotFoundError as error:
                # What a tool itself has not found is none of this.
                if not str(error).startswith(f"Unknown {kind}: {name!r}"):
                    raise
                if unmet:
                    self._refuse_scopes(unmet[0].scopes)
                raise MCPError(INVALID_PARAMS, f"There is no {kind} of that name") from None

    def _refuse_scopes(self, needed: Sequence[str]) -> None:
        held = current_user().scopes
        message = missing_scopes_message([name for name in needed if name not in held])
        # Those that are needed AND those that the client should keep: many replace their scopes by these.
        wanted = self._scopes.in_order([*self._scopes.base, *held, *needed])
        headers = {"www-authenticate": challenge(self._settings, wanted, "insufficient_scope", message)}
        _refuse(Refusal(403, "insufficient_scope", message, headers))


def _refuse(refusal: Refusal) -> None:
    """The body carries the error in JSON-RPC; `Guard` turns it into an HTTP status as well."""
    get_http_request().state.refusal = refusal
    raise MCPError(refusal.code, refusal.message, {"reason": refusal.reason, "requestId": _request_id()})


def _request_id() -> str:
    return str(get_http_request().state.request_id)


def _error_result(message: str) -> ToolResult:
    return ToolResult(content=[TextContent(type="text", text=json.dumps({"error": message}))], is_error=True)


def _explain(error: ValidationError) -> str:
    """What is wrong with the arguments, without their values. The first few mistakes are enough."""
    if not isinstance(error.__cause__, PydanticValidationError):
        return str(error)
    mistakes = error.__cause__.errors(include_url=False, include_input=False, include_context=False)[:10]
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'arguments'}: {each['msg']}" for each in mistakes)


def _report(failure: str, error: BaseException, **about: str) -> str:
    """What went wrong inside is for the log; the client is told an id to ask about."""
    stack = "".join(traceback.format_exception(error))
    log(
        "error",
        failure,
        **about,
        subject=current_user().subject,
        requestId=_request_id(),
        message=str(error),
        stack=stack,
    )
    return f"Internal error (request {_request_id()})"


def _security_of(component: Any) -> dict[str, Any]:
    """The scopes that it needs, in the form of OpenAI's Apps SDK: clients can ask for them before a call."""
    return {"securitySchemes": [{"type": "oauth2", "scopes": list(scopes_required(component))}]}
