"""My loans: what to give back, until when, and the verb to keep it longer."""

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import RenewalRefused
from navette.ils.views import LoanView
from navette.languages import _, ngettext
from navette.wording import sentence_of
from navette_web import french
from navette_web.forms import form_of
from navette_web.household import household_of
from navette_web.shell import go, house_of, number_of, page, signed_in, today_of


def loans(request: Request) -> Response:
    """Show the open loans of the household, first due first."""
    household, today = household_of(request), today_of(request)
    return page(
        request,
        "pages/loans.html",
        nav="documents",
        loans=[loan_line(loan, today, household.who(loan.patron_id)) for loan in household.loans],
        renewable=sum(loan.renewable for loan in household.loans),
        alone=len(household.members) == 1,
        told=_told(request),
    )


def loan_line(loan: LoanView, today: date, who: str = "") -> dict[str, Any]:
    """Say until when a loan may be kept, and whether it may be kept longer."""
    day = french.near_day(loan.due_on, today)
    soon = loan.due_on - today <= timedelta(1)
    said = _("À rendre {day}") if soon else _("À rendre au plus tard {day}")
    if loan.late:
        said = _("À rendre depuis {day}")
    if loan.claimed_at is not None:
        said = _("Vous l’avez rendu : nous le cherchons.")
    return {
        "loan_id": loan.id,
        "who": who,
        "record_id": loan.record_id,
        "title": loan.title,
        "language": loan.language,
        "claimed": loan.claimed_at is not None,
        "lead": said.format(day=day),
        "tag": _("En retard, vérifions ensemble") if loan.late else "",
        "renewable": loan.renewable,
        "refusal": _why_not(loan.renewal_refusal),
    }


def _why_not(reason: str) -> str:
    return sentence_of(RenewalRefused(reason)) if reason else ""


def renew(request: Request) -> Response:
    """Keep a loan longer; a refusal comes back as a sentence on the page."""
    _person, actor = signed_in(request)
    form = form_of(request)
    loan_id, key = form.number("pret"), form.text("cle") or None
    try:
        renewed = house_of(request).circulation.renew_loan(actor, loan_id, key)
    except RenewalRefused as refusal:
        return go("/prets", non=refusal.reason)
    return go("/prets", prolonge=renewed.due_on.isoformat())


def renew_all(request: Request) -> Response:
    """Keep everything of the household longer that may be; the rest says why on the page."""
    _person, actor = signed_in(request)
    key, circulation = form_of(request).text("cle"), house_of(request).circulation
    done = stayed = 0
    for loan in household_of(request).loans:
        if not loan.renewable:
            stayed += 1
            continue
        try:
            circulation.renew_loan(actor, loan.id, f"{key}:{loan.id}" if key else None)
            done += 1
        except RenewalRefused:
            stayed += 1
    return go("/reservations", prolonges=done, restent=stayed or None)


def renewed_words(request: Request) -> str:
    """Say how many were renewed at once, and that the others say why."""
    done, stayed = (number_of(request, name) for name in ("prolonges", "restent"))
    if done is None and stayed is None:
        return ""
    words = [
        ngettext("{count} document prolongé.", "{count} documents prolongés.", done or 0).format(
            count=done or 0
        )
    ]
    if stayed:
        words.append(
            ngettext(
                "{count} reste à sa date : voyez pourquoi ci-dessous.",
                "{count} restent à leur date : voyez pourquoi ci-dessous.",
                stayed,
            ).format(count=stayed)
        )
    return " ".join(words)


def claim(request: Request) -> Response:
    """Note that it was returned already; both libraries search their shelves."""
    _person, actor = signed_in(request)
    form = form_of(request)
    key = form.text("cle") or None
    loan = house_of(request).circulation.claim_returned(actor, form.number("pret"), key)
    return go("/prets", rendu=loan.id)


def withdraw(request: Request) -> Response:
    """Note that it was at home after all."""
    _person, actor = signed_in(request)
    form = form_of(request)
    key = form.text("cle") or None
    house_of(request).circulation.withdraw_claim(actor, form.number("pret"), key)
    return go("/prets", retrouve="1")


def _told(request: Request) -> dict[str, Any] | None:
    claimed = number_of(request, "rendu")
    if claimed is not None:
        undo = {
            "action": "/prets/retrouve",
            "words": _("Il était chez moi"),
            "values": {"pret": claimed},
        }
        words = _("Merci, nous vérifions en rayon. D’ici là, rien n’est retenu contre vous.")
        return {"words": words, "undo": undo}
    if request.query_params.get("retrouve"):
        return {"words": _("C’est noté : il est chez vous."), "undo": None}
    reason = request.query_params.get("non", "")
    if reason:
        return {"words": _why_not(reason), "undo": None}
    try:
        due = date.fromisoformat(request.query_params.get("prolonge", ""))
    except ValueError:
        return None
    words = _("C’est prolongé, jusqu’au {day}.").format(day=french.day_in_words(due))
    return {"words": words, "undo": None}
