"""The development inbox: mail and SMS that were "sent", newest first."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from navette.errors import NotFound
from navette.languages import _
from navette.notifications.tables import Message
from navette.storage.base import table
from navette.storage.statements import Query
from navette_web import french
from navette_web.shell import house_of, page, today_of
from navette_web.words import CHANNELS

_message = table(Message).c


class Letter(NamedTuple):
    """One message as it was said."""

    channel: str
    recipient: str
    subject: str
    body: str
    sent_at: datetime


_NEWEST = Query(
    select(_message.channel, _message.recipient, _message.subject, _message.body, _message.sent_at)
    .order_by(_message.id.desc())
    .limit(100),
    Letter,
)


def inbox(request: Request) -> Response:
    """Show the last hundred messages; there is no such page in production."""
    house = house_of(request)
    if house.settings.production:
        raise NotFound
    today = today_of(request)
    with house.unit.read() as reader:
        letters = reader.all(_NEWEST)
    messages = [
        {
            "channel_words": _(CHANNELS.get(one.channel, one.channel)),
            "recipient": one.recipient,
            "subject": one.subject,
            "body": one.body,
            "at": french.near_moment(one.sent_at, today),
        }
        for one in letters
    ]
    return page(request, "pages/inbox.html", messages=messages)
