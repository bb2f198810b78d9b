"""My loans: what to give back, until when, and what was just done about it."""

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import RenewalRefused
from navette.ils.views import LoanView
from navette.languages import _, ngettext
from navette.wording import sentence_of
from navette_web import french
from navette_web.gathering import A_PAGE, days_of
from navette_web.household import household_of
from navette_web.shell import number_of, page, today_of

HERE = "/prets"
A_WEEK = timedelta(7)


def loans(request: Request) -> Response:
    """Show the open loans of the household, first due first."""
    household, today = household_of(request), today_of(request)
    lines = [loan_line(loan, today, household.who(loan.patron_id)) for loan in household.loans]
    skip = number_of(request, "suite") or 0
    if skip >= len(lines):  # the list became shorter than the page that one was on
        skip = 0
    return page(
        request,
        "pages/loans.html",
        nav="documents",
        days=days_of(lines[skip : skip + A_PAGE], A_PAGE),
        total=len(lines),
        skip=skip,
        step=A_PAGE,
        renewable=sum(loan.renewable for loan in household.loans),
        alone=len(household.members) == 1,
        told=told_of_loans(request),
    )


def _leading_back(request: Request) -> dict[str, Any]:
    if request.url.path != HERE:
        return {"vers": request.url.path.strip("/")}
    skip = number_of(request, "suite")
    return {"suite": skip} if skip else {}


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
        "title": french.with_volume(loan.title, loan.volume_label, loan.type),
        "language": loan.language,
        "claimed": loan.claimed_at is not None,
        "lead": said.format(day=day),
        "tag": _("En retard, vérifions ensemble") if loan.late and not loan.claimed_at else "",
        "day": "rendu" if loan.claimed_at else loan.due_on.isoformat(),
        "urgent": loan.due_on - today <= A_WEEK and loan.claimed_at is None,
        "renewable": loan.renewable,
        "refusal": _why_not(loan.renewal_refusal),
    }


def _why_not(reason: str) -> str:
    return sentence_of(RenewalRefused(reason)) if reason else ""


def _renewed_words(request: Request) -> str:
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


def told_of_loans(request: Request) -> dict[str, Any] | None:
    """Say what was just done with a loan, and offer to undo it where that is possible."""
    renewed = _renewed_words(request)
    if renewed:
        return {"words": renewed, "undo": None}
    claimed = number_of(request, "rendu")
    if claimed is not None:
        undo = {
            "action": "/prets/retrouve",
            "words": _("Il était chez moi"),
            "values": {"pret": claimed} | _leading_back(request),
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
