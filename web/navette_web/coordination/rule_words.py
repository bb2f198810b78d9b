"""Every rule of the network in words: what it is called, and what its value means."""

from collections.abc import Mapping

from navette.languages import N_

RULES: Mapping[str, tuple[str, str]] = {
    "loan_days": (N_("Durée du prêt"), N_("en jours")),
    "loan_days_new": (N_("Durée du prêt d’une nouveauté"), N_("en jours")),
    "loan_limit": (N_("Documents par carte"), N_("en tout")),
    "loan_limit_of_type": (N_("Documents d’un même type par carte"), N_("0\u00a0: sans limite")),
    "loan_limit_new": (N_("Nouveautés par carte"), N_("en tout")),
    "loan_limit_household": (N_("Documents par foyer"), N_("0\u00a0: sans limite")),
    "renewals": (N_("Prolongations"), N_("combien de fois")),
    "renewal_days": (N_("Durée d’une prolongation"), N_("en jours")),
    "hold_limit": (N_("Réservations par carte"), N_("une série compte pour une")),
    "hold_limit_household": (N_("Réservations par foyer"), N_("0\u00a0: sans limite")),
    "hold_life_days": (N_("Vie d’une réservation sans document"), N_("en jours")),
    "on_shelf_holds": (
        N_("Réserver ce qui est en rayon"),
        N_("allow\u00a0: mis de côté · ask\u00a0: venir le prendre · all_out\u00a0: si tout est sorti"),
    ),
    "reservable": (N_("Se réserve"), N_("oui ou non")),
    "passes": (N_("Passer son tour"), N_("combien de fois")),
    "pass_days": (N_("Pause quand on passe son tour"), N_("en jours")),
    "suspend_days_longest": (N_("Pause la plus longue"), N_("en jours")),
    "group_wait_days": (N_("Attente d’un retrait groupé"), N_("en jours, au plus")),
    "rank_class": (N_("Classe dans la file"), N_("0 pour tous\u00a0; plus petit passe avant")),
    "local_window_days": (
        N_("Priorité au retrait sur place"),
        N_("en jours d’attente des autres\u00a0; 0\u00a0: jamais"),
    ),
    "pickup_days": (N_("Délai de retrait"), N_("en jours")),
    "pickup_open_days": (N_("Jours d’ouverture pour retirer"), N_("au moins")),
    "pickup_days_longest": (N_("Délai de retrait le plus long"), N_("en jours, hors fermetures")),
    "new_days": (N_("Durée d’une nouveauté"), N_("en jours sans voyage")),
    "walk_in_share": (N_("Part à découvrir sur place"), N_("0,25\u00a0: une sur quatre")),
    "late_days_before_block": (N_("Retard avant blocage"), N_("en jours")),
    "suspension_days_longest": (N_("Pause pour retard, au plus"), N_("en jours\u00a0; 0\u00a0: jamais")),
    "claim_search_days": (N_("Recherche d’un document dit rendu"), N_("en jours d’ouverture")),
    "claim_searches": (N_("Recherches d’un document dit rendu"), N_("combien de fois")),
    "registration_months": (N_("Durée de l’inscription"), N_("en mois")),
    "own_titles_age": (N_("Âge où l’on garde ses titres pour soi"), N_("en années")),
    "guardians_most": (N_("Responsables d’un enfant"), N_("au plus")),
    "history_months": (N_("Liste des lectures, gardée"), N_("en mois, pour qui la demande")),
    "pull_rounds": (N_("Tournées en rayon"), N_("heures, séparées par des virgules")),
    "min_transit_minutes": (N_("Voyage le plus court"), N_("en minutes")),
    "reshelve_delay_minutes": (N_("Délai avant remise en rayon"), N_("en minutes")),
    "floats": (N_("Reste où il est rendu"), N_("oui ou non")),
}  # fmt: skip
GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("Emprunter"): (
        "loan_days", "loan_days_new", "loan_limit", "loan_limit_of_type", "loan_limit_new",
        "loan_limit_household", "renewals", "renewal_days",
    ),
    N_("Réserver"): (
        "hold_limit", "hold_limit_household", "hold_life_days", "on_shelf_holds", "reservable",
        "passes", "pass_days", "suspend_days_longest", "group_wait_days", "rank_class",
        "local_window_days",
    ),
    N_("Retirer"): ("pickup_days", "pickup_open_days", "pickup_days_longest"),
    N_("Nouveautés"): ("new_days", "walk_in_share"),
    N_("Retards"): (
        "late_days_before_block", "suspension_days_longest", "claim_search_days",
        "claim_searches",
    ),
    N_("Familles"): ("own_titles_age", "guardians_most"),
    N_("Au bureau"): (
        "registration_months", "history_months", "pull_rounds", "min_transit_minutes", "reshelve_delay_minutes",
        "floats",
    ),
}  # fmt: skip
