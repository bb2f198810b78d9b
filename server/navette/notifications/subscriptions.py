"""Push subscriptions: the browsers that people asked us to tell."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import bindparam, delete, select, update

from navette.clock import Clock, local_date
from navette.errors import BadInput
from navette.network.loading import network_of
from navette.notifications.hosts import PushHosts
from navette.notifications.tables import PushSubscription
from navette.patrons.consents import Consents
from navette.patrons.withdrawing import PUSH
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
    session_id: int | None = None


class ListedDevice(NamedTuple):
    """A browser as its owner sees it in the list."""

    id: int
    device: str
    created_at: datetime
    confirmed_at: datetime
    last_sent_at: datetime | None
    session_id: int | None


_BY_ENDPOINT = Query(select(_s.id).where(_s.endpoint == bindparam("address")), scalar)
_OF = Query(
    select(_s.id, _s.patron_id, _s.endpoint, _s.p256dh, _s.auth, _s.session_id)
    .where(_s.patron_id.in_(bindparam("patrons", expanding=True)))
    .order_by(_s.confirmed_at.desc(), _s.id.desc()),
    Device,
)
_LISTED = Query(
    select(_s.id, _s.device, _s.created_at, _s.confirmed_at, _s.last_sent_at, _s.session_id)
    .where(_s.patron_id == bindparam("patron"))
    .order_by(_s.confirmed_at.desc(), _s.id.desc())
    .limit(MOST_DEVICES),
    ListedDevice,
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
        session_id=bindparam("session"),
        failures=0,
    )
)
_SENT = command(
    update(table(PushSubscription))
    .where(_s.id.in_(bindparam("found", expanding=True)))
    .values(last_sent_at=bindparam("now"), failures=0)
)
_REMOVE = command(
    delete(table(PushSubscription)).where(
        _s.endpoint == bindparam("address"), _s.patron_id == bindparam("patron")
    )
)
_FORGET = command(
    delete(table(PushSubscription)).where(_s.id.in_(bindparam("found", expanding=True)))
)
_FORGET_OWN = command(
    delete(table(PushSubscription)).where(
        _s.id == bindparam("found"), _s.patron_id == bindparam("patron")
    )
)


class Subscriptions:
    """The door to a person's devices."""

    def __init__(self, unit: Unit, clock: Clock, hosts: PushHosts) -> None:
        """`hosts` says which services are accepted."""
        self._unit = unit
        self._clock = clock
        self._hosts = hosts

    def register(
        self,
        patron_id: int,
        *,
        endpoint: str,
        p256dh: str,
        auth: str,
        device: str = "",
        session_id: int | None = None,
    ) -> int:
        """Keep a subscription, or confirm it when told again; returns its id.

        A browser that another person used before is theirs no longer. Raises BadInput,
        PushHostRefused, and ConsentNeeded under 15 without a guardian's agreement.
        """
        check_keys(endpoint, p256dh, auth)
        self._hosts.check(endpoint)
        values = {
            "patron": patron_id, "key": p256dh, "secret": auth, "name": device[:LONGEST_DEVICE],
            "session": session_id,
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
        session_id=values["session"],
        failures=0,
    )


def devices_of(reader: Reader, patron_ids: Sequence[int]) -> list[Device]:
    """Return the browsers of these people, the latest confirmed first."""
    return reader.all(_OF, patrons=list(patron_ids)) if patron_ids else []


def all_devices_of(reader: Reader, patron_ids: Sequence[int]) -> dict[int, list[Device]]:
    """Return the browsers of each of these people, the latest confirmed first, at most twenty."""
    found: dict[int, list[Device]] = defaultdict(list)
    for device in devices_of(reader, sorted(set(patron_ids))):
        if len(found[device.patron_id]) < MOST_DEVICES:
            found[device.patron_id].append(device)
    return found


def listed(reader: Reader, patron_id: int) -> list[ListedDevice]:
    """Return a person's browsers as they see them, the latest first."""
    return reader.all(_LISTED, patron=patron_id)


def forget_own(tx: Tx, patron_id: int, device_id: int) -> bool:
    """Drop one of a person's subscriptions; return whether it was theirs."""
    return tx.run(_FORGET_OWN, found=device_id, patron=patron_id) == 1


def forget_all(tx: Tx, device_ids: Sequence[int]) -> None:
    """Drop subscriptions that their service says are gone."""
    if device_ids:
        tx.run(_FORGET, found=list(device_ids))


def note_all_sent(tx: Tx, device_ids: Sequence[int], now: datetime) -> None:
    """Remember that the services accepted a message for these."""
    if device_ids:
        tx.run(_SENT, found=list(device_ids), now=now)


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
