"""What every answer carries and every question is held to: headers, the size of a body, the rate of questions."""
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:", "media-src 'self' blob:",
    "connect-src 'self'", "font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))
"""Nothing from elsewhere, nothing inline, and nobody frames the desk."""
HEADERS = {
    "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "x-frame-options": "DENY", "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}
LARGEST_FORM = 4 << 20
"""Bytes of a body that is no upload."""
PER_SECOND, AT_ONCE = 60.0, 600.0
"""Questions of one browser: a gallery asks for some sixty pictures at once; more than this is no person."""
ADDRESS_PER_SECOND, ADDRESS_AT_ONCE = 600.0, 3000.0
"""Questions of one address, behind which a whole unit may sit."""
SIGN_INS_PER_SECOND, SIGN_INS_AT_ONCE = 0.5, 60.0
"""Tries of a password from one address, beside what each account is held to."""
TRIED = ("/sign-in", "/first", "/password")
"""Forms that try a password, or make an account that has one."""


class Guarded:
    """An application behind these rules."""

    def __init__(self, app: App, *, loopback: bool = False) -> None:
        """loopback: only this machine reaches it; whoever names it otherwise was led here by a page from elsewhere."""
        self.app, self.loopback = app, loopback
        self.asked = Buckets(PER_SECOND, AT_ONCE)
        self.addresses = Buckets(ADDRESS_PER_SECOND, ADDRESS_AT_ONCE)
        self.sign_ins = Buckets(SIGN_INS_PER_SECOND, SIGN_INS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                headers["server-timing"] = f"total;dur={(time.perf_counter() - began) * 1000:.1f}"
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        await self.app(scope, _bounded(scope, receive), with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if self.loopback and not is_loopback(host_of(Headers(scope=scope).get("host", ""))):
            return PlainTextResponse("Only its own machine reaches this desk: open the address that its terminal shows.\n", 421)
        address = (scope.get("client") or ("",))[0]
        browser = address + Headers(scope=scope).get("cookie", "")[:200]
        tries = scope["path"] in TRIED and scope["method"] == "POST"
        if not (self.addresses.take(address) and self.asked.take(browser)) or (tries and not self.sign_ins.take(address)):
            return PlainTextResponse("Too many requests. Wait a minute and go on; nothing was lost.\n", 429,
                                     {"retry-after": "60"})
        length = Headers(scope=scope).get("content-length", "0")
        if not is_upload(scope) and length.isdigit() and int(length) > LARGEST_FORM:
            return PlainTextResponse("This form is larger than any form of the desk. Nothing was changed.\n", 413)
        return None


def host_of(said: str) -> str:
    """The name in a Host header: without its port, and without the brackets of an address."""
    return said[1:].partition("]")[0] if said.startswith("[") else said.partition(":")[0]


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own, which nobody else reaches."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_upload(scope: Scope) -> bool:
    """A file that comes in: streamed, as large as it is."""
    return "/uploads/" in scope["path"] and scope["method"] == "PUT"


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """A body that does not say its length is cut off where a form would be too large: it is then no whole form."""
    if is_upload(scope):
        return receive
    taken = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if taken > LARGEST_FORM else message

    return counted


class Buckets:
    """So many a second for each asker, and so many at once."""

    def __init__(self, per_second: float, at_once: float, askers: int = 10_000) -> None:
        self.per_second, self.at_once, self.askers = per_second, at_once, askers
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, now: float | None = None) -> bool:
        """Whether they may ask at this moment (seconds; None: now)."""
        now = time.monotonic() if now is None else now
        left, at = self._left.pop(who, (self.at_once, now))
        left = min(self.at_once, left + (now - at) * self.per_second)
        allowed = left >= 1
        self._left[who] = (left - 1 if allowed else left, now)
        if len(self._left) > self.askers:
            self._left.popitem(last=False)
        return allowed
