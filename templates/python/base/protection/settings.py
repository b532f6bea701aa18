"""The settings: every variable, checked before anything starts."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from protection import environment
from protection.logs import LEVELS, log, safe, set_up_log, visible
from protection.rules import (
    ENVIRONMENT_RULE,
    MCP_URL_RULE,
    Wrong,
    allowed_host,
    allowed_origin,
    environment_url,
    identifier,
    internal_url,
    is_this_machine,
    list_of,
    matching,
    mcp_url,
    metadata_url,
    number,
    one_of,
    redis_url,
    state_secret,
)


RESOURCE_METADATA: Final = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The variables of `.env.example`, checked."""

    port: int
    host: str | None
    scalekit_environment_url: str
    scalekit_client_id: str | None
    scalekit_resource_id: str
    mcp_url: str
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    trusted_proxies: int
    resource_metadata_url: str | None
    scalekit_internal_url: str | None
    requests_per_minute: int
    tool_calls_per_minute: int
    refused_tokens_per_minute: int
    max_body_bytes: int
    max_header_bytes: int
    keep_alive_seconds: int
    drain_seconds: int
    log_format: str | None
    log_level: str
    state_secret: str | None
    redis_url: str | None
    deny_file: str | None
    openai_apps_challenge: str | None

    @property
    def endpoint(self) -> str:
        """Where clients reach this server's MCP: the `resource` of the metadata."""
        return self.mcp_url + "mcp"

    @property
    def issuers(self) -> tuple[str, str]:
        """Both issuers of the environment: Scalekit is moving from the first to the second."""
        environment = self.scalekit_environment_url
        return environment, f"{environment}/resources/{self.scalekit_resource_id}"

    @property
    def metadata_url(self) -> str:
        """Where clients find the metadata (RFC 9728): the well-known part goes before the path."""
        url = urlsplit(self.endpoint)
        return self.resource_metadata_url or f"{url.scheme}://{url.netloc}{RESOURCE_METADATA}{url.path}"


Rule = tuple[Callable[[str], Any], Any]
REQUIRED: Final = object()
RULES: Final[dict[str, Rule]] = {
    "PORT": (number(1, 65535), 3002),
    "HOST": (
        matching(r"\[?[\w.:%-]+\]?", "This is not an address", "an address of this machine, such as 127.0.0.1"),
        None,
    ),
    "SCALEKIT_ENVIRONMENT_URL": (environment_url, REQUIRED),
    "SCALEKIT_CLIENT_ID": (
        identifier(
            "client id", r"(?:[a-z]+_)?skc_\w{1,64}", "skc_<digits>, from Dashboard > Settings > API credentials"
        ),
        None,
    ),
    "SCALEKIT_RESOURCE_ID": (
        identifier("resource id", r"res_[a-zA-Z\d]{1,64}", "res_<digits>, from Dashboard > MCP Servers > your server"),
        REQUIRED,
    ),
    "MCP_URL": (mcp_url, REQUIRED),
    "ALLOWED_HOSTS": (list_of(allowed_host), ()),
    "ALLOWED_ORIGINS": (list_of(allowed_origin), ()),
    "TRUSTED_PROXIES": (number(0, 10), 0),
    "RESOURCE_METADATA_URL": (metadata_url, None),
    "SCALEKIT_INTERNAL_URL": (internal_url, None),
    "REQUESTS_PER_MINUTE": (number(0, 1_000_000), 1200),
    "TOOL_CALLS_PER_MINUTE": (number(0, 1_000_000), 600),
    "REFUSED_TOKENS_PER_MINUTE": (number(0, 1_000_000), 1000),
    "MAX_BODY_BYTES": (number(1024, 64 * 1024 * 1024), 65_536),
    "MAX_HEADER_BYTES": (number(4096, 1024 * 1024), 65_536),
    "KEEP_ALIVE_SECONDS": (number(1, 5000), 65),
    "DRAIN_SECONDS": (number(0, 3600), None),
    "LOG_FORMAT": (one_of("json", "text"), None),
    "LOG_LEVEL": (one_of(*LEVELS), "info"),
    "STATE_SECRET": (state_secret, None),
    "REDIS_URL": (redis_url, None),
    "DENY_FILE": (str, None),
    "OPENAI_APPS_CHALLENGE": (matching(r"[!-~]{1,1000}", "This is not a verification token", "the token alone"), None),
}
EXPECTED: Final = {
    "SCALEKIT_ENVIRONMENT_URL": ENVIRONMENT_RULE,
    "SCALEKIT_RESOURCE_ID": "res_<digits>, from Dashboard > MCP Servers > your server",
    "MCP_URL": MCP_URL_RULE,
}


def _objection(name: str, value: Any) -> Wrong | None:
    """Why a value that is right in development is refused in production."""
    if name == "SCALEKIT_ENVIRONMENT_URL" and is_this_machine(urlsplit(value).hostname or ""):
        reason = "leads to the local Scalekit, which protects nothing"
        return Wrong(reason, "your Scalekit environment's URL, in production")
    if name == "SCALEKIT_INTERNAL_URL":
        return Wrong("is for the local Scalekit in containers, which protects nothing", "no value, in production")
    if name == "MCP_URL" and value.startswith("http:"):
        return Wrong("is http", "https, in production")
    return None


def _hint(text: str) -> str:
    if re.fullmatch(r"([\"'`]).*\1", text):
        return " The quotes have become part of the value: write it without them."
    if re.search(r"\s#", text):
        return " What follows the # has become part of the value: write it on a line of its own."
    return ""


def read_settings(variables: Mapping[str, str | None]) -> Settings:
    """Checks all variables at once.

    Raises:
        ValueError: with a line for each variable that is missing or wrong.
    """
    production = "production" in (variables.get("APP_ENV"), variables.get("NODE_ENV"))
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name, (check, otherwise) in RULES.items():
        text = (variables.get(name) or "").strip()
        if not text:
            if otherwise is REQUIRED:
                problems.append(f"{name} is missing. Expected: {EXPECTED[name]}.")
            values[name.lower()] = otherwise
            continue
        try:
            value = check(text)
            if production and (objection := _objection(name, value)):
                raise objection
            values[name.lower()] = value
        except Wrong as wrong:
            shown = "…" if name == "STATE_SECRET" else visible(str(safe(text, 200)))
            problems.append(f"{name} is `{shown}`: {wrong.reason}. Expected: {wrong.expected}.{_hint(text)}")
    if values.get("redis_url") and importlib.util.find_spec("redis") is None:
        problems.append(
            "REDIS_URL is set, and the Redis client is not installed: add `redis>=8,<9` to the dependencies in "
            "pyproject.toml, and install them again (uv add 'redis>=8,<9')."
        )
    if problems:
        raise ValueError("\n".join(problems))
    if values["drain_seconds"] is None:
        values["drain_seconds"] = 5 if production else 0
    return Settings(**values)


def load_settings() -> Settings:
    """Reads the environment, in which `.env` is by now; ends the process if a setting is wrong."""
    problems = [environment.PROBLEM] if environment.PROBLEM else []
    try:
        settings = read_settings(os.environ)
    except ValueError as error:
        problems += str(error).split("\n")
    if problems:
        lines = "".join(f"  {problem}\n" for problem in problems)
        other = " .env.local is read by nothing here." if Path(".env.local").exists() else ""
        sys.stderr.write(f"The server cannot start:\n{lines}Set them in .env, which .env.example explains.{other}\n")
        raise SystemExit(1)
    set_up_log(settings.log_level, settings.log_format)
    if os.environ["MCP_URL"].strip() != settings.mcp_url:
        log("info", "setting_corrected", message=f"MCP_URL was read as {settings.mcp_url}")
    return settings
