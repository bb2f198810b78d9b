"""Mail by SMTP: what leaves, and what is understood of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from free_ports import a_free_port
from navette.errors import SettingsError
from navette.notifications.channels import Letter
from navette.notifications.messages import Notice
from navette.patrons.reading import PatronView
from navette.settings import Settings
from navette_server.mail import InboxChannel, MailChannel, mail_channel

NOTICE = Notice("Titre", "Corps", "C’est arrivé à Hem", "C’est prêt.\nÉtagère H-1.", "/reservations", "t")  # fmt: skip


class Box:
    """Keeps what arrives; answers what it is told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        mail = BytesParser(policy=default).parsebytes(envelope.content)
        if self.answer.startswith("250"):
            self.mails.append(mail)  # type: ignore[arg-type]
        return self.answer


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def channel(box: Box) -> Iterator[MailChannel]:
    port = a_free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield MailChannel(
        Settings(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="Navette <no@navette.example>")
    )
    server.stop()


def _letter(email: str = "emma@example.org") -> Letter:
    someone = PatronView(
        1, "20590000000001", "Emma", "Essai", 1980, "adult", 1, email, "", "fr", date(2026, 1, 1),
        date(2027, 1, 1), "", ["email"], False, None, False, 1,
    )  # fmt: skip
    return Letter(someone, NOTICE, "ready:1:1")


def test_a_mail_says_what_and_where_to_go_on(channel: MailChannel, box: Box) -> None:
    delivery = channel.send(_letter())
    assert (delivery.outcome, delivery.evidence) == ("accepted", "accepted")
    (mail,) = box.mails
    assert mail["Subject"] == "C’est arrivé à Hem"
    assert mail["To"] == "emma@example.org"
    text = mail.get_content()
    assert "Étagère H-1." in text
    assert "http://127.0.0.1:8000/reservations" in text


def test_the_same_letter_sent_twice_has_one_identity(channel: MailChannel, box: Box) -> None:
    channel.send(_letter())
    channel.send(_letter())
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]


@pytest.mark.parametrize(
    ("answer", "outcome"), [("451 later", "later"), ("550 no such mailbox", "nobody")]
)
def test_a_refusal_for_now_is_tried_again_one_for_good_is_not(
    channel: MailChannel, box: Box, answer: str, outcome: str
) -> None:
    box.answer = answer
    assert channel.send(_letter()).outcome == outcome


def test_a_server_that_is_down_is_tried_again() -> None:
    down = MailChannel(Settings(smtp_url="smtp://127.0.0.1:1", mail_from="a@b.example"))
    assert down.send(_letter()).outcome == "later"


def test_a_password_never_goes_in_clear(channel: MailChannel, box: Box) -> None:
    port = channel._parts.port
    secret = MailChannel(Settings(smtp_url=f"smtp://user:pw@127.0.0.1:{port}", mail_from="a@b.c"))
    assert secret.send(_letter()).outcome == "later"
    assert box.mails == []


def test_without_a_server_the_messages_are_the_inbox() -> None:
    inbox = mail_channel(Settings())
    assert isinstance(inbox, InboxChannel)
    assert inbox.send(_letter()).evidence == "inbox"
    assert inbox.send(_letter(email="")).outcome == "nobody"


def test_an_address_of_another_kind_is_refused_with_its_name() -> None:
    with pytest.raises(SettingsError, match="NAVETTE_SMTP_URL"):
        MailChannel(Settings(smtp_url="http://mail.example"))


def test_many_mails_go_by_one_connection_and_one_refusal_stops_nobody(
    channel: MailChannel, box: Box
) -> None:
    opened = []
    connect = channel._connect
    channel._connect = lambda: opened.append(connect()) or opened[-1]  # type: ignore[func-returns-value]
    letters = [_letter("a@example.org"), _letter(""), _letter("b@example.org")]
    assert [d.outcome for d in channel.send_all(letters)] == ["accepted", "nobody", "accepted"]
    assert (len(opened), len(box.mails)) == (1, 2)


def test_a_server_that_is_away_is_asked_once_for_many() -> None:
    asked = []

    def connect() -> Any:
        asked.append(1)
        raise ConnectionRefusedError

    channel = MailChannel(Settings(smtp_url="smtp://127.0.0.1:1"), connect=connect)
    assert [d.outcome for d in channel.send_all([_letter()] * 5)] == ["later"] * 5
    assert len(asked) == 1
