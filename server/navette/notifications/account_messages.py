"""What somebody hears of their own account: a new device, a new passkey. Only they hear it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from navette.languages import _
from navette.notifications.messages import Notice

DEVICES = "/compte/appareils"


def device_new(_said: Mapping[str, Any]) -> Notice:
    """Say that the session goes on in another place."""
    title = _("Votre carte vient de s’ouvrir sur un autre appareil")
    body = _("Ce n’est pas vous\u00a0? Déconnectez-le dans «\u00a0Mes appareils\u00a0».")
    return Notice.plain(title, body, DEVICES, "device")


def passkey_new(_said: Mapping[str, Any]) -> Notice:
    """Say that a passkey was added."""
    title = _("Une clé d’accès vient de s’ajouter à votre carte")
    body = _("Ce n’est pas vous\u00a0? Retirez-la dans «\u00a0Mes clés d’accès\u00a0».")
    return Notice.plain(title, body, "/compte/cles", "passkey")


def cards_merged(_said: Mapping[str, Any]) -> Notice:
    """Say that two cards became one."""
    title = _("Vos deux cartes n’en font plus qu’une")
    body = _("Réservations et prêts sont réunis. Les deux numéros ouvrent la même carte.")
    return Notice.plain(title, body, "/compte", "cards")


def cards_parted(_said: Mapping[str, Any]) -> Notice:
    """Say that two cards that were made one are two again."""
    title = _("Vos deux cartes sont de nouveau séparées")
    body = _(
        "Chacune a retrouvé ses réservations et ses prêts. Une question\u00a0? L’accueil répond."
    )
    return Notice(title, body, title, f"{title}.\n{body}", "/compte", "cards")


def contact_changed(_said: Mapping[str, Any]) -> Notice:
    """Say to the address used until now that another one is used from now on."""
    title = _("L’adresse e-mail de votre carte vient de changer")
    body = _("Ce n’est pas vous\u00a0? Appelez l’accueil, nous regardons cela tout de suite.")
    return Notice.plain(title, body, "/bibliotheques", "contact")


def program_new(_said: Mapping[str, Any]) -> Notice:
    """Say that a program may act in one's name from now on."""
    title = _("Un programme peut maintenant agir avec votre carte")
    body = _("Ce n’est pas vous\u00a0? Retirez sa clé dans «\u00a0Accès pour un programme\u00a0».")
    return Notice(title, body, title, f"{title}.\n{body}", "/compte/programmes", "program")


OF_AN_ACCOUNT: Mapping[str, Callable[[Mapping[str, Any]], Notice]] = {
    "device_new": device_new,
    "passkey_new": passkey_new,
    "cards_merged": cards_merged,
    "cards_parted": cards_parted,
    "contact_changed": contact_changed,
    "program_new": program_new,
}
