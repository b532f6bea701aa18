"""Tokens: verified with Scalekit's keys and by our rules, and remembered for a minute."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import jwt
from fastmcp.server.auth import AccessToken, TokenVerifier

from protection.deny_list import DenyList
from protection.keys import CLOCK_TOLERANCE, Keys
from protection.refusals import InvalidToken
from protection.scopes import Scopes
from protection.settings import Settings
from protection.shared import Redis
from protection.users import texts

LONGEST_LIFETIME: Final = 24 * 60 * 60


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _scopes_of(claims: Mapping[str, Any]) -> list[str]:
    """The union: users' tokens have `scope`, machines' `scopes`, others `scp`; each is a text or a list."""
    claimed = (claims.get(name) for name in ("scope", "scp", "scopes"))
    names = [name for value in claimed for name in (value.split(" ") if isinstance(value, str) else texts(value))]
    return list(dict.fromkeys(names))


class AccessTokens(TokenVerifier):
    """Verifies access tokens for this server. Both FastMCP's provider and `Guard` use it."""

    def __init__(self, settings: Settings, scopes: Scopes) -> None:
        super().__init__()
        self._settings = settings
        self.scopes = scopes
        redis, endpoint, resource_id = settings.redis_url, settings.endpoint, settings.scalekit_resource_id
        self.redis = Redis(redis, server=endpoint, resource_id=resource_id) if redis else None
        self.keys = Keys((settings.scalekit_internal_url or settings.scalekit_environment_url) + "/keys")
        self.denied = DenyList(settings.deny_file, self.redis)
        self._verified: OrderedDict[bytes, tuple[AccessToken, float, int]] = OrderedDict()

    async def verify_token(self, token: str) -> AccessToken | None:
        """Called by FastMCP: None if the token is not valid."""
        try:
            return await self.verify(token)
        except InvalidToken:
            return None

    async def verify(self, token: str) -> AccessToken:
        """Verifies a token.

        Raises:
            InvalidToken: the token is not valid.
            Unavailable: that cannot be decided now.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._verified.get(digest)
        if known and known[1] > time.time() and known[2] == self.keys.version:
            access = known[0]
        else:
            access = await self._verify(token)
            until = min(float(access.claims["exp"]), time.time() + 60)
            self._verified[digest] = (access, until, self.keys.version)
            while len(self._verified) > 20_000:
                self._verified.popitem(last=False)
        self._verified.move_to_end(digest)
        # After the signature: only whoever has a token learns that it is on the list.
        if await self.denied.denies(access.claims):
            raise InvalidToken("token_denied", access.claims)
        return access

    async def _verify(self, token: str) -> AccessToken:
        if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII):
            raise InvalidToken("token_malformed")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.DecodeError as error:
            # A tampered signature may not even be base64url, and PyJWT reports that first.
            raise InvalidToken("token_signature" if "crypto" in str(error) else "token_malformed") from None
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise InvalidToken("token_malformed") from None
        kid = header.get("kid")
        if header.get("alg") != "RS256":
            raise InvalidToken("token_algorithm" if isinstance(header.get("alg"), str) else "token_malformed")
        # A token with a critical extension must be refused, as none is understood here (RFC 7515, section 4.1.11).
        if "crit" in header or "b64" in header or not isinstance(kid, (str, type(None))):
            raise InvalidToken("token_malformed")
        key = await self.keys.find(kid)
        try:
            payload = jwt.PyJWS().decode(token, key, algorithms=["RS256"])
        except jwt.InvalidSignatureError:
            raise InvalidToken("token_signature") from None
        except (jwt.InvalidTokenError, jwt.InvalidKeyError):
            raise InvalidToken("token_malformed") from None
        try:
            claims = json.loads(payload)
        except (ValueError, RecursionError):
            raise InvalidToken("token_malformed") from None
        if not isinstance(claims, dict):
            raise InvalidToken("token_malformed")
        if fault := self._fault(header, claims):
            raise InvalidToken(fault, claims)
        client = claims.get("client_id")
        return AccessToken(
            token=token,
            client_id=client if isinstance(client, str) else claims["sub"],
            scopes=self.scopes.granted_by(_scopes_of(claims)),
            expires_at=math.ceil(claims["exp"]) + CLOCK_TOLERANCE,
            subject=claims["sub"],
            claims=claims,
        )

    def _fault(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str | None:
        """RFC 8725, RFC 9068 and RFC 9449, section 7.2."""
        now = time.time()
        iss, sub, aud = (claims.get(name) for name in ("iss", "sub", "aud"))
        exp: Any = claims.get("exp")
        iat, nbf = claims.get("iat", now), claims.get("nbf", now)
        typ = header.get("typ", "JWT")
        if not isinstance(typ, str) or typ.lower() not in ("at+jwt", "application/at+jwt", "jwt"):
            return "token_type"
        if not isinstance(iss, str) or iss not in self._settings.issuers:
            return "token_issuer"
        # The resource id, and not the URL: it is in every token, and no trailing slash can make it differ.
        if self._settings.scalekit_resource_id not in (aud if isinstance(aud, list) else [aud]):
            return "token_audience"
        if not isinstance(sub, str) or not sub.strip():
            return "token_subject"
        if not all(map(_is_time, (exp, iat, nbf))):
            return "token_malformed"
        if exp <= now - CLOCK_TOLERANCE:
            return "token_expired"
        if max(nbf, iat) > now + CLOCK_TOLERANCE:
            return "token_not_yet_valid"
        if "cnf" in claims:
            return "token_sender_bound"
        return None if exp - iat <= LONGEST_LIFETIME else "token_lifetime"
