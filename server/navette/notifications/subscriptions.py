"""Push subscriptions: the browsers that people asked us to tell."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import bindparam, delete, select, update

from navette.clock import Clock, local_date
from navette.errors import BadInput
from navette.network.loading import network_of
from navette.notifications.hosts import PushHosts
from navette.notifications.tables import PushSubscription
from navette.patrons.consents import PUSH, Consents
from navette.storage.base import table
from navette.storage.statements import Query, command, scalar
from navette.storage.unit import Reader, Tx, Unit

LONGEST_ENDPOINT = 2048
LONGEST_DEVICE = 200
SECRET_BYTES = 16
MOST_DEVICES = 20
_s = table(PushSubscription).c


class Device(NamedTuple):
    """A browser to push to."""

    id: int
    patron_id: int
    endpoint: str
    p256dh: str
    auth: str


_BY_ENDPOINT = Query(select(_s.id).where(_s.endpoint == bindparam("address")), scalar)
_OF = Query(
    select(_s.id, _s.patron_id, _s.endpoint, _s.p256dh, _s.auth)
    .where(_s.patron_id.in_(bindparam("patrons", expanding=True)))
    .order_by(_s.confirmed_at.desc(), _s.id.desc())
    .limit(MOST_DEVICES),
    Device,
)
_CONFIRM = command(
    update(table(PushSubscription))
    .where(_s.id == bindparam("found"))
    .values(
        patron_id=bindparam("patron"),
        p256dh=bindparam("key"),
        auth=bindparam("secret"),
        device=bindparam("name"),
        confirmed_at=bindparam("now"),
        failures=0,
    )
)
_SENT = command(
    update(table(PushSubscription))
    .where(_s.id == bindparam("found"))
    .values(last_sent_at=bindparam("now"), failures=0)
)
_REMOVE = command(
    delete(table(PushSubscription)).where(
        _s.endpoint == bindparam("address"), _s.patron_id == bindparam("patron")
    )
)
_FORGET = command(delete(table(PushSubscription)).where(_s.id == bindparam("found")))


class Subscriptions:
    """The door to a person's devices."""

    def __init__(self, unit: Unit, clock: Clock, hosts: PushHosts) -> None:
        """`hosts` says which services are accepted."""
        self._unit = unit
        self._clock = clock
        self._hosts = hosts

    def register(
        self, patron_id: int, *, endpoint: str, p256dh: str, auth: str, device: str = ""
    ) -> int:
        """Keep a subscription, or confirm it when told again; returns its id.

        A browser that another person used before is theirs no longer. Raises BadInput,
        PushHostRefused, and ConsentNeeded under 15 without a guardian's agreement.
        """
        check_keys(endpoint, p256dh, auth)
        self._hosts.check(endpoint)
        values = {
            "patron": patron_id, "key": p256dh, "secret": auth, "name": device[:LONGEST_DEVICE],
        }  # fmt: skip

        def work(tx: Tx) -> int:
            now = self._clock.now()
            Consents(network_of(tx), now, local_date(now)).check(tx, patron_id, PUSH)
            found: int | None = tx.first(_BY_ENDPOINT, address=endpoint)
            if found is None:
                return _add(tx, endpoint, now, values)
            tx.run(_CONFIRM, found=found, now=now, **values)
            return found

        return self._unit.write(work)

    def unregister(self, patron_id: int, endpoint: str) -> bool:
        """Forget a person's subscription; return whether there was one."""
        return bool(
            self._unit.write(lambda tx: tx.run(_REMOVE, address=endpoint, patron=patron_id))
        )


def _add(tx: Tx, endpoint: str, now: datetime, values: dict[str, object]) -> int:
    return tx.insert(
        PushSubscription,
        patron_id=values["patron"],
        endpoint=endpoint,
        p256dh=values["key"],
        auth=values["secret"],
        device=values["name"],
        created_at=now,
        confirmed_at=now,
        failures=0,
    )


def devices_of(reader: Reader, patron_ids: list[int]) -> list[Device]:
    """Return the browsers of these people, the latest confirmed first."""
    return reader.all(_OF, patrons=patron_ids)


def forget(tx: Tx, device_id: int) -> None:
    """Drop a subscription that its service says is gone."""
    tx.run(_FORGET, found=device_id)


def note_sent(tx: Tx, device_id: int, now: datetime) -> None:
    """Remember that the service accepted a message."""
    tx.run(_SENT, found=device_id, now=now)


def check_keys(endpoint: str, p256dh: str, auth: str) -> None:
    """Refuse what no browser would send: BadInput names the field."""
    if not endpoint or len(endpoint) > LONGEST_ENDPOINT or not endpoint.isascii():
        raise BadInput("endpoint", "not_an_address")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
    except (ValueError, NotBase64) as error:
        raise BadInput("p256dh", "not_a_key") from error
    try:
        secret = _decoded(auth)
    except (ValueError, NotBase64) as error:
        raise BadInput("auth", "not_a_secret") from error
    if len(secret) != SECRET_BYTES:
        raise BadInput("auth", "not_a_secret")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
