"""Which push services we send to: the browser makers', and those the settings name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from navette.errors import PushHostRefused

MAKERS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
HTTPS_PORT = 443


@dataclass(frozen=True)
class PushHosts:
    """The allow-list. A name with its port may be on this machine and may speak http."""

    names: Sequence[str] = ()
    with_port: Sequence[tuple[str, int]] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> PushHosts:
        """Read `host` or `host:port` entries, as in NAVETTE_PUSH_HOSTS."""
        names, with_port = [], []
        for entry in entries:
            host, _, port = entry.lower().rpartition(":")
            if host and port.isdecimal():
                with_port.append((host.strip("[]"), int(port)))
            else:
                names.append(entry.lower())
        return cls(tuple(names), tuple(with_port))

    def check(self, endpoint: str) -> SplitResult:
        """Return the parts of the address; raises PushHostRefused."""
        try:
            parts = urlsplit(endpoint)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as error:
            raise PushHostRefused(endpoint[:80]) from error
        if self._is_named(parts, host, port):
            return parts
        plain = parts.scheme == "https" and port in {None, HTTPS_PORT} and "@" not in parts.netloc
        if not (
            plain
            and not _is_address(host)
            and any(_matches(host, n) for n in (*MAKERS, *self.names))
        ):
            raise PushHostRefused(host)
        return parts

    def may_be_private(self, parts: SplitResult) -> bool:
        """Return whether this service was named with its port, so may stand on our own network."""
        return self._is_named(parts, (parts.hostname or "").lower(), parts.port)

    def _is_named(self, parts: SplitResult, host: str, port: int | None) -> bool:
        if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
            return False
        given = port or (HTTPS_PORT if parts.scheme == "https" else 80)
        return any(_matches(host, name) and given == at for name, at in self.with_port)


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
    return host == pattern


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return True
