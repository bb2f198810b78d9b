"""A push service on loopback, as strict as the real ones: it checks VAPID and decrypts."""

from __future__ import annotations

import json
import os
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from waiting import until

DAY = 24 * 3600


@dataclass
class Browser:
    """A subscription, with the keys that only the browser has."""

    endpoint: str
    application_key: str
    private_key: ec.EllipticCurvePrivateKey
    secret: bytes

    @property
    def p256dh(self) -> str:
        point = self.private_key.public_key()
        return encoded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return encoded(self.secret)

    def to_json(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        keys = {"p256dh": self.p256dh, "auth": self.auth}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


@dataclass
class Received:
    """A message that was accepted."""

    endpoint: str
    headers: dict[str, str]
    message: dict[str, Any]
    size: int


@dataclass
class PushService:
    """Start it with `with PushService() as service`; `answers` are given instead of 201."""

    messages: list[Received] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    requests: int = 0
    slowness: float = 0.0  # seconds between taking a message and saying so
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers = service._take(self.path, dict(self.headers.items()), body)
                time.sleep(service.slowness)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def subscribe(self, application_key: str) -> Browser:
        """What `pushManager.subscribe` does in a browser."""
        endpoint = f"{self.origin}/push/{encoded(os.urandom(12))}"
        key = ec.generate_private_key(ec.SECP256R1())
        browser = Browser(endpoint, application_key, key, os.urandom(16))
        self._browsers[endpoint] = browser
        return browser

    def forget(self, browser: Browser) -> None:
        """Let a subscription be gone: 410 from now on."""
        self._browsers.pop(browser.endpoint)

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Received]:
        until(lambda: len(self.messages) >= count, seconds, f"{count} pushes")
        return self.messages

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        self.requests += 1
        if self.answers:
            return self.answers.pop(0)
        browser = self._browsers.get(f"{self.origin}{path}")
        if browser is None:
            return 410, {}
        given = {name.lower(): value for name, value in headers.items()}
        try:
            self._check(given, browser)
            plain = http_ece.decrypt(
                body, private_key=browser.private_key, auth_secret=browser.secret,
                version="aes128gcm",
            )  # fmt: skip
        except (AssertionError, InvalidSignature, ValueError, http_ece.ECEException) as error:
            self.refusals.append(repr(error))
            return 400, {}
        self.messages.append(Received(browser.endpoint, given, json.loads(plain), len(plain)))
        return 201, {"Location": f"{self.origin}/message/1"}

    def _check(self, headers: dict[str, str], browser: Browser) -> None:
        assert headers["content-encoding"] == "aes128gcm"
        assert headers["ttl"].isdecimal(), "TTL is compulsory"
        assert headers.get("urgency", "normal") in {"very-low", "low", "normal", "high"}
        assert len(headers.get("topic", "")) <= 32
        scheme, _, given = headers["authorization"].partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in given.split(","))
        assert parts["k"] == browser.application_key, "another key than the subscription's"
        head, claims, signature = parts["t"].split(".")
        raw = decoded(signature)
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"])).verify(
            utils.encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
        )
        said = json.loads(decoded(claims))
        assert said["aud"] == self.origin, f"aud {said['aud']}"
        assert time.time() < said["exp"] <= time.time() + DAY
        assert said["sub"].startswith(("mailto:", "https:"))


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
