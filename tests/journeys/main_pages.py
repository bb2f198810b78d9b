"""The pages that checks of access and of HTML walk through, each with something on it."""

from __future__ import annotations

RECORD = "/recherche?q=harry+potter"
PUBLIC = (
    "/", "/recherche", RECORD, "/recherche?q=zzzzqqq", "/parcourir",
    "/recherche?q=harry&type=book&disponible=hem&tri=bientot&filtres=tous", "/numerique", "/bibliotheques", "/plus",
    "/connexion", "/connexion/oubli", "/connexion/code", "/connexion/personnel", "/accessibilite", "/confidentialite",
    "/mentions-legales", "/hors-ligne", "/style", "/inscription", "/installer", "/reglages",
)  # fmt: skip
PERSONAL = (
    "/", "/reservations", "/prets", "/compte", "/compte/identites", "/compte/appareils",
    "/notifications", "/carte", "/famille", "/compte/continuer", "/reglages", "/compte/programmes",
    "/carte/copie", "/compte/donnees", "/compte/effacer", "/compte/rythme", "/plus", "/numerique", "/notice/999999",
)  # fmt: skip
DESK = (
    "/bureau", "/bureau/prelevements", "/bureau/etagere", "/bureau/transferts",
    "/bureau/navette", "/bureau/navette/manifeste", "/bureau/navette?arret=hem&confirmer=1",
    "/bureau/usagers?q=du", "/dev/courrier", "/bureau/inscriptions/carte", "/bureau/doublons",
    "/bureau/retrait", "/bureau/poste",
)  # fmt: skip
COORDINATION = (
    "/coordination", "/coordination/equipe", "/coordination/journal", "/coordination/regles",
    "/coordination/calendriers", "/coordination/promesses", "/bureau/catalogue", "/bureau/appels",
    "/bureau/courriers", "/bureau/recherches", "/bureau/usagers", "/bureau/compte",
    "/coordination/sans-espoir", "/bureau/cartes-inutilisees",
)  # fmt: skip
