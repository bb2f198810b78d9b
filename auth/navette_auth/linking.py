"""Linking: an identity gets the one card that was proven to be its own, and can lose it again.

Proof is the card's password. Without one, only when the claim that holds the card number is
configured as trusted, names exactly one card, and the name is the same. Never by e-mail.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from navette.clock import local_date
from navette.errors import LinkRefused, NotFound
from navette.network.loading import network_of
from navette.patrons.ages import Ages, is_under
from navette.patrons.reading import patron_of
from navette.storage.outbox import put
from navette.storage.unit import Reader, Tx
from navette_auth.cards import card_number, holder_of
from navette_auth.codes import DESK_LIFE, UNDO, end_undo, keep_code
from navette_auth.identities import (
    LinkedIdentity,
    identity_of,
    identity_with_card,
    set_card,
)
from navette_auth.opaque import digest, fresh

UNDO_PATH = "/compte/defaire"
FRESH = timedelta(minutes=30)
Seal = Callable[[str], str]


def check_fresh(since: datetime | None, now: datetime) -> None:
    """Raise LinkRefused unless the sign-in at the provider is a fresh one."""
    if since is None or now - since > FRESH:
        raise LinkRefused("stale")


def check_whose(reader: Reader, patron_id: int, whose: str, now: datetime) -> None:
    """Raise LinkRefused unless a minor's card is said to be the minor's own account's.

    `whose` is what was answered: '' (ask), `mine`, `child`. An identity has one own card; a
    child's card is reached by a guardian's own account, through the family.
    """
    adult, today = Ages.of(network_of(reader)).adult, local_date(now)
    if not is_under(patron_of(reader, patron_id), adult, today, adult):
        return
    if whose != "mine":
        raise LinkRefused("guardian" if whose == "child" else "whose")


def link(tx: Tx, identity_id: int, patron_id: int, now: datetime, seal: Seal = str) -> bool:
    """Give the identity this card and tell the card's contacts; False when it had it already.

    What they are told carries a link that undoes it: random, kept as a hash, once, seven days; in
    the outbox it lies sealed by the vault (`seal`).

    Raises LinkRefused: `other_card` when it has another one, `card_taken` when somebody else of
    the same provider has this one (a unique index decides between two at once: Duplicate).
    """
    identity = identity_of(tx, identity_id, locked=True)
    if identity.patron_id == patron_id:
        return False
    if identity.patron_id is not None:
        raise LinkRefused("other_card")
    if identity_with_card(tx, identity.issuer, patron_id) is not None:
        raise LinkRefused("card_taken")
    set_card(tx, identity_id, patron_id, now)
    key = f"linked:{identity_id}:{patron_id}:{int(now.timestamp())}"
    undo = fresh()
    keep_code(tx, digest(undo), UNDO, now, DESK_LIFE, patron_id=patron_id, identity_id=identity_id)
    payload = {"identity": identity_id, "sealed_path": seal(f"{UNDO_PATH}?cle={undo}")}
    put(tx, "linked", key, now=now, patron_id=patron_id, payload=payload)
    return True


def unlink(tx: Tx, identity_id: int, patron_id: int | None, own: int | None, now: datetime) -> None:
    """Take the card away from an identity of this patron, or from the session's `own` one.

    Raises NotFound when it is neither.
    """
    try:
        identity = identity_of(tx, identity_id, locked=True)
    except LookupError as error:
        raise NotFound from error
    mine = patron_id is not None and identity.patron_id == patron_id
    if not mine and identity.id != own:
        raise NotFound
    part(tx, identity_id, now)


def part(tx: Tx, identity_id: int, now: datetime) -> None:
    """Take the card away from an identity, whoever asked; its undo links end."""
    set_card(tx, identity_id, None, now)
    end_undo(tx, identity_id, now)


def link_by_claim(
    tx: Tx, identity: LinkedIdentity, claim: str, now: datetime, seal: Seal
) -> int | None:
    """Link by the trusted claim and return the patron; None when anything is in doubt."""
    value = identity.claims.get(claim) if claim else None
    number = card_number(value) if isinstance(value, str) else ""
    if not number or identity.patron_id is not None:
        return None
    holder = holder_of(tx, number)
    if holder is not None:
        try:
            check_whose(tx, holder.patron_id, "", now)
        except LinkRefused:  # of a child it is asked whose account this is
            return None
    if holder is None or not same_person(identity.claims, holder.first_name, holder.last_name):
        return None
    if identity_with_card(tx, identity.issuer, holder.patron_id) is not None:
        return None
    link(tx, identity.id, holder.patron_id, now, seal)
    return holder.patron_id


def same_person(claims: Mapping[str, Any], first_name: str, last_name: str) -> bool:
    """Return whether the provider's name is the card's, whatever its case and accents."""
    given, family = claims.get("given_name"), claims.get("family_name")
    if isinstance(given, str) and isinstance(family, str) and folded(given) and folded(family):
        return (folded(given), folded(family)) == (folded(first_name), folded(last_name))
    name = claims.get("name")
    if not isinstance(name, str) or not folded(name):
        return False
    first, last = folded(first_name), folded(last_name)
    return folded(name) in {f"{first} {last}", f"{last} {first}"}


def folded(name: str) -> str:
    """Return a name without case, accents, hyphens and apostrophes: letters and single spaces."""
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c)
    )
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())
