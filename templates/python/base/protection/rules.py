"""What a variable may be: each rule takes its text, and returns the value or raises `Wrong`."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Final
from urllib.parse import SplitResult, urlsplit


class Wrong(ValueError):
    """A value that breaks its rule."""

    def __init__(self, reason: str, expected: str) -> None:
        super().__init__(reason)
        self.reason, self.expected = reason, expected


PLACEHOLDER: Final = re.compile(
    r"(?<![a-z])your[-_]|<[^>]*>|\{[^}]*\}|^mcp_server_id$|\.\.\.|^(?:xxx+|change[-_]?me|todo|replace[-_]me)$|_x{3,}$",
    re.I,
)
HOST: Final = re.compile(r"(\[[\da-f:.]+\]|[a-z\d_]([\w.-]*[a-z\d])?)(:\d{1,5})?", re.I | re.ASCII)
MCP_URL_RULE: Final = "an absolute http(s) URL with a trailing slash, without /mcp, query or fragment; https unless the host is this machine"
ENVIRONMENT_RULE: Final = (
    "https://<name>.scalekit.dev, .scalekit.cloud, .scalekit.com or your own domain, without a path"
)


def is_loopback(host: str) -> bool:
    return (
        host in ("localhost", "::1")
        or host.endswith(".localhost")
        or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
    )


def is_this_machine(host: str) -> bool:
    """In any spelling, so that none gets around the check for production."""
    name = host.rstrip(".").lower()
    local = r"localhost[46]?(\.localdomain[46]?)?|ip6-(localhost|loopback)|(host|gateway|kubernetes)\.docker\.internal"
    if is_loopback(name) or re.fullmatch(local + r"|host\.(containers|lima)\.internal", name):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(name))
        except OSError:
            return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        high = int(address) >> 32
        if high in (0, 0xFFFF, 0xFFFF0000, 0x64FF9B << 64) and int(address) != 1:
            address = inner
    return address.is_loopback or address.is_unspecified


def _http_url(name: str, text: str, expected: str) -> SplitResult:
    if re.search(r"[\s\\]", text) or not text.isprintable():
        raise Wrong(f"{name} contains a space or another character that no URL has", expected)
    if not re.match(r"https?://", text, re.I):
        raise Wrong(f"{name} has no scheme (http:// or https://)", expected)
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise Wrong(f"{name} is not an absolute URL", expected) from None
    if url.username is not None or url.password is not None:
        raise Wrong(f"{name} contains a user name or password", expected)
    if "?" in text or "#" in text:
        raise Wrong(f"{name} has a query or a fragment", expected)
    if (
        host in ("0.0.0.0", "::")
        or port == 0
        or not re.fullmatch(r"[a-z\d_-]{1,63}(\.[a-z\d_-]{1,63})*|[\da-f:.]+", host)
    ):
        raise Wrong(f"{name} has the host {url.netloc}", expected)
    if url.scheme == "http" and not is_loopback(host):
        raise Wrong(f"{name} is http, but {url.netloc} is not this machine", expected)
    return url


def origin_of(url: SplitResult) -> str:
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    standard = {"http": 80, "https": 443}[url.scheme]
    return f"{url.scheme}://{host}" + ("" if url.port in (None, standard) else f":{url.port}")


def environment_url(text: str) -> str:
    url = _http_url("The environment URL", text, ENVIRONMENT_RULE)
    if re.fullmatch(r"((app|dashboard|www|docs|api)\.)?(eu\.)?scalekit\.(com|cloud|dev)", url.hostname or ""):
        raise Wrong("This is Scalekit's own site, not your environment", ENVIRONMENT_RULE)
    if PLACEHOLDER.search(url.hostname or ""):
        raise Wrong("The environment URL is still a placeholder", ENVIRONMENT_RULE)
    if url.path not in ("", "/"):
        raise Wrong("The environment URL has a path", f"{origin_of(url)} (without {url.path})")
    return origin_of(url)


def mcp_url(text: str) -> str:
    """A missing slash and a trailing /mcp are corrected (see `_corrected`)."""
    url = _http_url("MCP_URL", text, MCP_URL_RULE)
    path = re.sub(r"(?:/mcp/*)+$", "/", url.path, flags=re.I)
    path = path if path.endswith("/") else path + "/"
    if not re.fullmatch(r"/(?:[\w~-][\w.~-]*/)*", path, re.ASCII):
        raise Wrong(f"MCP_URL has the path {path}", "no path, or one without empty, dotted or encoded parts")
    return origin_of(url) + path


def metadata_url(text: str) -> str:
    return _http_url("The metadata URL", text, "an absolute URL of the metadata document (RFC 9728)").geturl()


def internal_url(text: str) -> str:
    """Where the local Scalekit answers inside a container network."""
    origin = _origin_in(text)
    if origin is None:
        expected = "http(s)://host:port without a path, where the local Scalekit answers inside a container network"
        raise Wrong("The internal URL is not an origin", expected)
    return origin


def identifier(name: str, pattern: str, expected: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if PLACEHOLDER.search(text):
            raise Wrong(f"The {name} is still a placeholder", expected)
        if not re.fullmatch(pattern, text, re.ASCII):
            raise Wrong(f"This is not a {name}", expected)
        return text

    return check


def number(low: int, high: int) -> Callable[[str], int]:
    def check(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise Wrong("This is not a number in range", f"a whole number from {low} to {high}")
        return int(text)

    return check


def one_of(*names: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text.lower() not in names:
            raise Wrong("This is not one of the values", ", ".join(names))
        return text.lower()

    return check


def matching(pattern: str, reason: str, expected: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII | re.I):
            raise Wrong(reason, expected)
        return text

    return check


def list_of(check: Callable[[str], str]) -> Callable[[str], tuple[str, ...]]:
    return lambda text: tuple(check(each) for each in re.split(r"[\s,]+", text) if each)


def allowed_host(text: str) -> str:
    """A name or an address, and perhaps a port."""
    if not HOST.fullmatch(text):
        expected = "names of hosts, such as mcp.internal or 10.0.0.7, one by one"
        raise Wrong(f"`{text}` is not a host name", expected)
    return text


def allowed_origin(text: str) -> str:
    """As browsers send it. Browser extensions and desktop programs have schemes of their own."""
    if text == "null" or re.fullmatch(r"(?!https?:)[a-z][a-z\d+.-]*://[\w.-]+", text, re.I | re.ASCII):
        return text.lower()
    origin = _origin_in(text)
    if origin is None or not HOST.fullmatch(origin.partition("://")[2]):
        expected = "origins such as https://app.example.com, without a path, one by one"
        raise Wrong(f"`{text}` is not an origin", expected)
    return origin


def _origin_in(text: str) -> str | None:
    """The origin, if the URL has nothing else."""
    try:
        url = urlsplit(text)
        is_bare = url.path in ("", "/") and not url.query and not url.fragment
        return origin_of(url) if url.scheme in ("http", "https") and url.hostname and is_bare else None
    except ValueError:
        return None


def redis_url(text: str) -> str:
    """The URL of a Redis server."""
    try:
        url = urlsplit(text)
        is_right = url.scheme in ("redis", "rediss") and bool(url.hostname) and url.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        expected = "redis://<host>:<port>, or rediss:// with TLS, with its user and password where it has any"
        raise Wrong("This is not the URL of a Redis server", expected)
    return text


def state_secret(text: str) -> str:
    """Whoever has it can make up what clients carry while a person answers. It is never shown."""
    if len(text) < 32:
        expected = "32 characters at least, such as `openssl rand -hex 32` writes"
        raise Wrong("This is too short for a secret", expected)
    return text
