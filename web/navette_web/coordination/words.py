"""What roles and looks are called."""

from collections.abc import Mapping

from navette.languages import N_

ROLES: Mapping[str, str] = {
    "volunteer": N_("Bénévole"),
    "agent": N_("Agent"),
    "head": N_("Responsable de bibliothèque"),
    "coordinator": N_("Coordination du réseau"),
    "driver": N_("Conduite de la navette"),
}
MAY: Mapping[str, str] = {
    "volunteer": N_("Scanne, prête, prélève. Voit un prénom et une initiale."),
    "agent": N_("Tient l’accueil : lecteurs, prêts, réservations, codes."),
    "head": N_("Comme un agent, et s’occupe de l’équipe de sa bibliothèque."),
    "coordinator": N_("Règles, calendriers, équipes, journal. Un second facteur protège l’accès."),
    "driver": N_("La page de la navette, et aucune autre."),
}
LOOKS: Mapping[str, str] = {
    "opened": N_("Fiche ouverte"),
    "listed": N_("Vu dans une liste"),
    "card": N_("Carte ouverte au bureau"),
    "code": N_("Code donné"),
    "act": N_("Geste pour cette personne"),
    "contact": N_("Coordonnées vues"),
    "family": N_("Famille vue ou changée"),
    "registered": N_("Inscription"),
    "export": N_("Données sorties"),
}
