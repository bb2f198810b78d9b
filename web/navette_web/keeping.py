"""The verbs of a loan: keep it longer, all of them, say that it was returned or was at home."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from navette.errors import RenewalRefused
from navette_web.forms import form_of, id_in
from navette_web.holds import HERE as DOCUMENTS
from navette_web.household import household_of
from navette_web.loans import HERE
from navette_web.shell import house_of, signed_in, then


def _back(request: Request, **done: Any) -> Response:
    """Lead back to the list where the verb was asked: everything, or my loans and how far in them."""
    form = form_of(request)
    if form.text("vers") == DOCUMENTS.strip("/"):
        return then(request, DOCUMENTS, **done)
    skip = id_in(form.text("suite"))
    return then(request, HERE, shown=f"{HERE}?suite={skip}" if skip else "", suite=skip, **done)


def renew(request: Request) -> Response:
    """Keep a loan longer; a refusal comes back as a sentence on the page."""
    _person, actor = signed_in(request)
    form = form_of(request)
    loan_id, key = form.number("pret"), form.text("cle") or None
    try:
        renewed = house_of(request).circulation.renew_loan(actor, loan_id, key)
    except RenewalRefused as refusal:
        return _back(request, non=refusal.reason)
    return _back(request, prolonge=renewed.due_on.isoformat())


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
    return _back(request, prolonges=done, restent=stayed or None)


def claim(request: Request) -> Response:
    """Note that it was returned already; both libraries search their shelves."""
    _person, actor = signed_in(request)
    form = form_of(request)
    key = form.text("cle") or None
    loan = house_of(request).circulation.claim_returned(actor, form.number("pret"), key)
    return _back(request, rendu=loan.id)


def withdraw(request: Request) -> Response:
    """Note that it was at home after all."""
    _person, actor = signed_in(request)
    form = form_of(request)
    key = form.text("cle") or None
    house_of(request).circulation.withdraw_claim(actor, form.number("pret"), key)
    return _back(request, retrouve="1")
