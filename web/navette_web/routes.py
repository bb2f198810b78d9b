"""Every address of the pages, in one list."""

from starlette.routing import BaseRoute, Route

from navette_web import (
    account,
    browsing,
    card,
    carrying,
    choosing,
    closures,
    codes,
    devices,
    digital,
    eligibility,
    family,
    holds,
    home,
    ical,
    identities,
    inbox,
    keeping,
    libraries,
    loans,
    notices,
    pace,
    passkeys,
    pictures,
    privacy,
    programs,
    proving,
    push,
    pwa,
    readings,
    record,
    registering,
    reserving,
    searching,
    series,
    shared,
    signin,
    sitemap,
    speaking,
    statics,
    style,
    texts,
    volumes,
)
from navette_web.coordination import calendars, journal, overview, promises_kept, rules, team
from navette_web.desk import (
    access,
    claims,
    doubles,
    families,
    grouping,
    lists,
    locking,
    own,
    patrons,
    pickup,
    replaying,
    rounds,
    scan,
    unused,
    van,
)
from navette_web.desk import codes as desk_codes
from navette_web.desk import passkeys as team_keys
from navette_web.desk import registering as desk_registering
from navette_web.desk import telling as desk_telling


def routes() -> list[BaseRoute]:
    """Return the routes of the pages, for residents and for staff."""
    return [
        *_public(),
        *signin.routes(),
        *identities.routes(),
        *devices.routes(),
        *notices.routes(),
        *choosing.routes(),
        *codes.routes(),
        *carrying.routes(),
        *passkeys.routes(),
        *shared.routes(),
        *registering.routes(),
        *speaking.routes(),
        *privacy.routes(),
        *readings.routes(),
        *family.routes(),
        *_personal(),
        *_app(),
        *_desk(),
        *locking.routes(),
        *own.routes(),
        *team_keys.routes(),
        *proving.routes(),
        *programs.routes(),
        *eligibility.routes(),
        *team.routes(),
        *journal.routes(),
        *replaying.routes(),
        *overview.routes(),
        *calendars.routes(),
        *rules.routes(),
        *promises_kept.routes(),
    ]


def _public() -> list[BaseRoute]:
    return [
        Route("/", home.home),
        Route("/recherche", searching.search),
        Route("/suggestions", searching.suggestions),
        Route("/notice/{record}", record.record),
        Route("/oeuvre/{work}", record.work),
        Route("/couverture/{record}", pictures.picture),
        Route("/serie/{series}", volumes.series),
        Route("/parcourir", browsing.browse),
        Route("/sitemap.xml", sitemap.sitemap),
        Route("/sitemap-{part}.xml", sitemap.part),
        Route("/robots.txt", sitemap.robots),
        Route("/numerique", digital.digital),
        Route("/bibliotheques", libraries.libraries),
        Route("/accessibilite", texts.accessibility),
        Route("/confidentialite", texts.privacy),
        Route("/mentions-legales", texts.legal),
        Route("/plus", account.more),
        Route("/style", style.style),
        Route("/dev/courrier", inbox.inbox),
    ]


def _personal() -> list[BaseRoute]:
    return [
        Route("/reserver", reserving.reserve),
        Route("/reserver", reserving.place, methods=["POST"]),
        Route("/reserver/serie", series.series),
        Route("/reserver/serie", series.place, methods=["POST"]),
        Route("/compte/rythme", pace.pace),
        Route("/compte/rythme", pace.choose, methods=["POST"]),
        Route("/reservations", holds.holds),
        Route("/reservations/fermeture", closures.answer, methods=["POST"]),
        Route("/reservations/fermeture/{question}", closures.question),
        Route("/reservations/annuler", holds.cancel, methods=["POST"]),
        Route("/reservations/remettre", holds.restore, methods=["POST"]),
        Route("/reservations/pause", holds.pause, methods=["POST"]),
        Route("/reservations/reprendre", holds.resume, methods=["POST"]),
        Route("/reservations/tour", holds.pass_turn, methods=["POST"]),
        Route("/reservations/lieu", holds.move, methods=["POST"]),
        Route("/reservations/{hold}/tour", holds.ask_pass),
        Route("/reservations/{hold}/lieu", holds.choose_place),
        Route("/prets", loans.loans),
        Route("/prets/prolonger", keeping.renew, methods=["POST"]),
        Route("/prets/tout-prolonger", keeping.renew_all, methods=["POST"]),
        Route("/prets/deja-rendu", keeping.claim, methods=["POST"]),
        Route("/prets/retrouve", keeping.withdraw, methods=["POST"]),
        Route("/compte", account.account),
        Route("/carte", card.card),
        Route("/carte/copie", card.card_copy),
    ]


def _app() -> list[BaseRoute]:
    return [
        Route("/manifest.webmanifest", pwa.manifest),
        Route("/sw.js", pwa.service_worker),
        Route("/hors-ligne", pwa.offline),
        Route("/hors-ligne/demandes", pwa.requests_noted),
        Route("/hors-ligne/plus-de-place", pwa.no_room),
        Route("/hors-ligne/bureau", pwa.desk_offline),
        Route("/installer", pwa.install),
        Route("/static/{name:path}", statics.static_file),
        Route("/calendrier/{secret}.ics", ical.feed),
        Route("/push/cle", push.key),
        Route("/push/vu", push.seen_there, methods=["POST"]),
        Route("/push/abonnement", push.subscribe, methods=["POST"]),
        Route("/push/abonnement", push.unsubscribe, methods=["DELETE"]),
    ]


def _desk() -> list[BaseRoute]:
    return [
        Route("/bureau", scan.desk),
        Route("/bureau/scan", scan.desk),  # reloaded after a scan
        Route("/bureau/scan", scan.scan, methods=["POST"]),
        Route("/bureau/annuler", scan.undo, methods=["POST"]),
        Route("/bureau/prelevements", lists.pull_list),
        Route("/bureau/prelevements/introuvable", lists.not_found, methods=["POST"]),
        Route("/bureau/etagere", lists.shelf),
        Route("/bureau/transferts", lists.transits),
        *_van(),
        Route("/bureau/fermeture", closures.answer_at_the_desk, methods=["POST"]),
        Route("/bureau/recherches", claims.searches),
        Route("/bureau/recherches/pas-trouve", claims.searched, methods=["POST"]),
        Route("/bureau/recherches/decider", claims.settle, methods=["POST"]),
        Route("/bureau/prets", claims.of_a_loan, methods=["POST"]),
        Route("/bureau/prets/{loan}/perdu", claims.ask_lost),
        Route("/bureau/usagers/{patron}/reprise", claims.lift, methods=["POST"]),
        Route("/bureau/usagers/{patron}/prolonger", claims.renew_all, methods=["POST"]),
        *desk_telling.routes(),
        Route("/bureau/usagers", patrons.patrons),
        Route("/bureau/usagers/annuler", patrons.cancel, methods=["POST"]),
        Route("/bureau/usagers/reprendre", patrons.take_back, methods=["POST"]),
        Route("/bureau/usagers/{patron}", patrons.patron),
        Route("/bureau/usagers/{patron}/rythme", pace.choose_at_the_desk, methods=["POST"]),
        Route("/bureau/usagers/{patron}/code", desk_codes.give, methods=["POST"]),
        *families.routes(),
        *grouping.routes(),
        *pickup.routes(),
        *doubles.routes(),
        *unused.routes(),
        *access.routes(),
        *desk_registering.routes(),
    ]


def _van() -> list[BaseRoute]:
    return [
        Route("/bureau/navette", van.van),
        Route("/bureau/navette/manifeste", van.manifest),
        Route("/bureau/navette/scan", van.van),  # reloaded after a scan
        Route("/bureau/navette/scan", van.scan, methods=["POST"]),
        Route("/bureau/navette/charger", van.load, methods=["POST"]),
        Route("/bureau/navette/deposer", van.put_down, methods=["POST"]),
        Route("/bureau/navette/annuler", van.undo, methods=["POST"]),
        Route("/bureau/navette/tournee", rounds.alter, methods=["POST"]),
    ]
