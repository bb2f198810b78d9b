"""What families are told: who looks after whom, what a child asks for. Never another guardian."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from navette.languages import _
from navette.notifications.account_messages import OF_AN_ACCOUNT
from navette.notifications.messages import Notice

FAMILY = "/famille"


def guardian_new(said: Mapping[str, Any]) -> Notice:
    """Say that a link was made, to the young person and to the new guardian."""
    if said["mine"]:
        return _notice(
            "guardian",
            _("Un adulte suit maintenant votre carte"),
            _("Une question\u00a0? L’accueil y répond, et peut y mettre fin tout de suite."),
        )
    title = _("Vous suivez maintenant la carte de {child}").format(child=said["child"])
    return _notice("guardian", title, _("Tout est dans «\u00a0Ma famille\u00a0»."))


def guardian_ended(said: Mapping[str, Any]) -> Notice:
    """Say that a link has ended, to the young person and to that guardian."""
    if said["mine"]:
        return _notice(
            "guardian",
            _("Un adulte ne suit plus votre carte"),
            _("Vos réservations et vos prêts restent là."),
        )
    title = _("Vous ne suivez plus la carte de {child}").format(child=said["child"])
    return _notice("guardian", title, _("Une question\u00a0? L’accueil y répond."))


def guardian_asks(said: Mapping[str, Any]) -> Notice:
    """Say to the guardians that somebody answered an invitation; no name."""
    title = _("Pour {child}\u00a0: une réponse à l’invitation").format(child=said["child"])
    return _notice(
        "invitation", title, _("Comparez le nombre affiché, puis dites si c’est la bonne personne.")
    )


def consent_asked(said: Mapping[str, Any]) -> Notice:
    """Ask a guardian to agree with the child."""
    title = _("{child} demande votre accord").format(child=said["child"])
    return _notice("consent", title, _("Répondez dans «\u00a0Ma famille\u00a0», ou à l’accueil."))


def consent_given(said: Mapping[str, Any]) -> Notice:
    """Say that child and guardian agreed."""
    title = _("C’est d’accord pour {child}").format(child=said["child"])
    return _notice("consent", title, _("Pour changer d’avis\u00a0: «\u00a0Ma famille\u00a0»."))


def consent_ended(said: Mapping[str, Any]) -> Notice:
    """Say that one of them changed their mind."""
    title = _("Pour {child}\u00a0: l’accord a pris fin").format(child=said["child"])
    return _notice("consent", title, _("Pour changer d’avis\u00a0: «\u00a0Ma famille\u00a0»."))


def pickup_used(_said: Mapping[str, Any]) -> Notice:
    """Say that somebody came with the code."""
    title = _("Quelqu’un est venu pour vous")
    body = _("Votre code vient de servir. Ce n’était pas prévu\u00a0? Appelez l’accueil.")
    return Notice.plain(title, body, "/prets", "pickup-code")


OF_A_FAMILY: Mapping[str, Callable[[Mapping[str, Any]], Notice]] = {
    "guardian_new": guardian_new,
    "guardian_ended": guardian_ended,
    "guardian_asks": guardian_asks,
    "consent_asked": consent_asked,
    "consent_given": consent_given,
    "consent_ended": consent_ended,
    "pickup_used": pickup_used,
}


# Said to one person alone, whatever their age: never to all who are told of a card's news.
TO_ONE_PERSON: Mapping[str, Callable[[Mapping[str, Any]], Notice]] = {
    **OF_A_FAMILY,
    **OF_AN_ACCOUNT,
}


def _notice(tag: str, title: str, body: str) -> Notice:
    return Notice.plain(title, body, FAMILY, tag)
