"""Passkeys: WebAuthn for patrons and for the team, behind one door with a generic subject.

A challenge serves once, for five minutes. The person is verified by the authenticator (finger,
face, code), so a passkey alone signs in. Browsers accept no bare address as a domain: on
`http://127.0.0.1` there are no passkeys, on `https://` and `http://localhost` there are.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import orjson
from sqlalchemy import bindparam, delete, select, update

from navette.clock import Clock
from navette.errors import BadInput, NotFound, SignInRefused
from navette.settings import Settings
from navette.storage.base import table
from navette.storage.statements import Query, command
from navette.storage.unit import Reader, Tx, Unit
from navette_auth import codes
from navette_auth.flows import SignIn
from navette_auth.opaque import digest
from navette_auth.origin import origin_of
from navette_auth.tables import OneTimeCode, Passkey

Kind = Literal["patron", "staff"]
NAME = "Navette"
LIFE = timedelta(minutes=5)
MOST, LONGEST_LABEL, LONGEST_ANSWER = 10, 80, 20_000
ADD, ENTER = "passkey-add", "passkey-enter"
REFUSED = "passkey"


@dataclass(frozen=True)
class Subject:
    """Whose passkey it is: a patron or a member of staff, and how authenticators show them."""

    kind: Kind
    id: int
    account: str
    name: str

    @property
    def columns(self) -> dict[str, int | None]:
        """Return the columns that name the subject."""
        staff = self.kind == "staff"
        return {"patron_id": None if staff else self.id, "staff_id": self.id if staff else None}


class Key(NamedTuple):
    """A passkey as its owner sees it in a list."""

    id: int
    credential_id: str
    label: str
    created_at: datetime
    last_used_at: datetime | None


class _Kept(NamedTuple):
    id: int
    public_key: str
    sign_count: int
    patron_id: int | None
    staff_id: int | None


_k = table(Passkey).c
_OF = {
    kind: Query(
        select(_k.id, _k.credential_id, _k.label, _k.created_at, _k.last_used_at)
        .where(column == bindparam("whose"))
        .order_by(_k.id),
        Key,
    )
    for kind, column in (("patron", _k.patron_id), ("staff", _k.staff_id))
}
_REMOVE = {
    kind: command(
        delete(table(Passkey)).where(_k.id == bindparam("key"), column == bindparam("whose"))
    )
    for kind, column in (("patron", _k.patron_id), ("staff", _k.staff_id))
}
_KEPT = Query(
    select(_k.id, _k.public_key, _k.sign_count, _k.patron_id, _k.staff_id)
    .where(_k.credential_id == bindparam("credential"))
    .with_for_update(),
    _Kept,
)
_USED = command(
    update(table(Passkey))
    .where(_k.id == bindparam("key"))
    .values(sign_count=bindparam("count"), last_used_at=bindparam("now"))
)


def keys_of(reader: Reader, subject: Subject) -> Sequence[Key]:
    """Return the passkeys of somebody, the oldest first."""
    return reader.all(_OF[subject.kind], whose=subject.id)


def remove_key(tx: Tx, subject: Subject, key_id: int) -> None:
    """Take a passkey away; NotFound when it is none of theirs."""
    if not tx.run(_REMOVE[subject.kind], key=key_id, whose=subject.id):
        raise NotFound


@dataclass(frozen=True)
class Passkeys:
    """The passkeys of an installation."""

    settings: Settings
    unit: Unit
    clock: Clock

    @classmethod
    def of(cls, ways: SignIn) -> Passkeys:
        """Return the passkeys beside the other ways in."""
        return cls(ways.settings, ways.unit, ways.clock)

    @property
    def domain(self) -> str:
        """Return the domain that passkeys are bound to."""
        return urlsplit(self.settings.base_url).hostname or ""

    @property
    def possible(self) -> bool:
        """Return whether browsers make passkeys for this address."""
        try:
            ipaddress.ip_address(self.domain)
        except ValueError:
            return self.settings.secure or self.domain == "localhost"
        return False

    def ask_to_add(self, subject: Subject) -> str:
        """Return what the browser is asked to make, as JSON; BadInput beyond ten."""
        from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 - slow
        from webauthn.helpers import base64url_to_bytes, structs  # noqa: PLC0415

        with self.unit.read() as reader:
            known = keys_of(reader, subject)
        if len(known) >= MOST:
            raise BadInput("passkey", "too_many")
        options = generate_registration_options(
            rp_id=self.domain, rp_name=NAME, user_name=subject.account,
            user_display_name=subject.name, user_id=f"{subject.kind}:{subject.id}".encode(),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id))
                for key in known
            ],
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
        )  # fmt: skip
        self._remember(options.challenge, ADD, **subject.columns)
        return options_to_json(options)

    def add(self, subject: Subject, answer: str, label: str = "") -> int:
        """Keep what the browser made, when it answers a challenge of ours; SignInRefused."""
        from webauthn import verify_registration_response  # noqa: PLC0415
        from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415
        from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

        given, challenge = self._taken(answer, ADD, subject)
        try:
            made = verify_registration_response(
                credential=given, expected_challenge=challenge, expected_rp_id=self.domain,
                expected_origin=origin_of(self.settings.base_url), require_user_verification=True,
            )  # fmt: skip
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise SignInRefused(REFUSED) from error
        now = self.clock.now()
        values = {
            "credential_id": bytes_to_base64url(made.credential_id),
            "public_key": bytes_to_base64url(made.credential_public_key),
            "sign_count": made.sign_count, "label": label[:LONGEST_LABEL], "created_at": now,
        }  # fmt: skip
        return self.unit.write(lambda tx: tx.insert(Passkey, **subject.columns, **values))

    def ask_to_enter(self) -> str:
        """Return what the browser is asked to sign, as JSON, whoever it is."""
        from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415
        from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

        options = generate_authentication_options(
            rp_id=self.domain, user_verification=UserVerificationRequirement.REQUIRED
        )
        self._remember(options.challenge, ENTER)
        return options_to_json(options)

    def prove(self, answer: str, kind: Kind) -> int:
        """Return the patron or the member of staff whose passkey answered; SignInRefused.

        The same refusal for an unknown key, another kind, a used challenge or a copied
        authenticator (its counter went back).
        """
        from webauthn import verify_authentication_response  # noqa: PLC0415
        from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415
        from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

        given, challenge = self._taken(answer, ENTER, None)
        credential = given.get("id")

        def work(tx: Tx) -> int:
            kept = tx.first(_KEPT, credential=credential) if isinstance(credential, str) else None
            whose = None if kept is None else kept.staff_id if kind == "staff" else kept.patron_id
            if kept is None or whose is None:
                raise SignInRefused(REFUSED)
            try:
                proven = verify_authentication_response(
                    credential=given, expected_challenge=challenge, expected_rp_id=self.domain,
                    expected_origin=origin_of(self.settings.base_url),
                    credential_public_key=base64url_to_bytes(kept.public_key),
                    credential_current_sign_count=kept.sign_count, require_user_verification=True,
                )  # fmt: skip
            except (WebAuthnException, ValueError, KeyError, TypeError) as error:
                raise SignInRefused(REFUSED) from error
            tx.run(_USED, key=kept.id, count=proven.new_sign_count, now=self.clock.now())
            return whose

        return self.unit.write(work)

    def _remember(self, challenge: bytes, purpose: str, **whose: int | None) -> None:
        now, mark = self.clock.now(), digest(challenge.hex())
        self.unit.write(
            lambda tx: tx.insert(
                OneTimeCode, code_hash=mark, purpose=purpose, created_at=now,
                expires_at=now + LIFE, **({"patron_id": None, "staff_id": None} | whose),
            )
        )  # fmt: skip

    def _taken(
        self, answer: str, purpose: str, subject: Subject | None
    ) -> tuple[dict[str, Any], bytes]:
        """Return the answer and its challenge, which is used up whatever the rest says."""
        from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

        try:
            if len(answer) > LONGEST_ANSWER:
                raise SignInRefused(REFUSED)
            given = orjson.loads(answer)
            client = orjson.loads(base64url_to_bytes(given["response"]["clientDataJSON"]))
            challenge = base64url_to_bytes(client["challenge"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SignInRefused(REFUSED) from error
        now, mark = self.clock.now(), digest(challenge.hex())
        taken = self.unit.write(lambda tx: codes.take_code(tx, [mark], purpose, now))
        if taken is None:
            raise SignInRefused(REFUSED)
        wanted = (None, None) if subject is None else tuple(subject.columns.values())
        if (taken.patron_id, taken.staff_id) != wanted:
            raise SignInRefused(REFUSED)
        return given, challenge
