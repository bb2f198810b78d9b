"""Which push services are accepted, at subscription and at sending."""

from __future__ import annotations

import pytest

from navette.errors import PushHostRefused
from navette.notifications.hosts import PushHosts

HOSTS = PushHosts.of(["push.example.org", "*.push.example.net", "127.0.0.1:8090", "box:8443"])


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
        "https://push.example.org/abc",
        "https://push.example.org:443/abc",
        "https://one.push.example.net/abc",
        "http://127.0.0.1:8090/abc",
        "https://box:8443/abc",
    ],
)
def test_a_service_of_the_list_is_accepted(endpoint: str) -> None:
    HOSTS.check(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://evil.example/fcm.googleapis.com",
        "https://user@fcm.googleapis.com/abc",
        "https://fcm.googleapis.com@evil.example/abc",
        "https://push.apple.com/abc",
        "https://evilpush.apple.com.example/abc",
        "https://127.0.0.1/abc",
        "http://127.0.0.1:8091/abc",
        "http://127.0.0.1/abc",
        "http://localhost:8090/abc",
        "http://user@127.0.0.1:8090/abc",
        "https://[::1]/abc",
        "https://10.0.0.1/abc",
        "ftp://127.0.0.1:8090/abc",
        "https://push.example.org:99999/abc",
        "not an address",
        "",
    ],
)
def test_anything_else_is_refused(endpoint: str) -> None:
    with pytest.raises(PushHostRefused):
        HOSTS.check(endpoint)


def test_loopback_is_refused_unless_named_with_its_port() -> None:
    with pytest.raises(PushHostRefused):
        PushHosts.of([]).check("http://127.0.0.1:8090/abc")
    with pytest.raises(PushHostRefused):
        PushHosts.of(["127.0.0.1"]).check("https://127.0.0.1/abc")
