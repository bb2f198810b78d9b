"""Mail: by SMTP where it is set up; in development it stays in the messages, read at /dev/courrier."""

from __future__ import annotations

import hashlib
import logging
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import SplitResult, unquote, urlsplit

from navette.errors import SettingsError
from navette.notifications.channels import Channel, Delivery, Letter
from navette.settings import Settings

log = logging.getLogger("navette.mail")
SECONDS = 15.0
SUBMISSION_PORT = 587
TLS_PORT = 465
TEMPORARY = range(400, 500)
Connect = Callable[[], smtplib.SMTP]


def mail_channel(settings: Settings) -> Channel:
    """Return the way mail goes here."""
    if not settings.smtp_url:
        return InboxChannel()
    return MailChannel(settings)


class InboxChannel:
    """Development: the message itself is the mail."""

    name = "email"
    leaves = False  # the message is written in the transaction that ends the errand

    def send(self, letter: Letter) -> Delivery:
        """Take every letter to an address."""
        if not letter.to.email:
            return Delivery("nobody")
        return Delivery("accepted", letter.to.email, evidence="inbox")


class MailChannel:
    """SMTP, with STARTTLS where the server offers it; and credentials only after it."""

    name = "email"
    leaves = True

    def __init__(self, settings: Settings, connect: Connect | None = None) -> None:
        """Read NAVETTE_SMTP_URL (smtp:// or smtps://); raises SettingsError."""
        self._parts = _server(settings.smtp_url)
        self._from = settings.mail_from or "navette@localhost"
        self._base = settings.base_url
        self._connect = connect or self._open

    def send(self, letter: Letter) -> Delivery:
        """Hand one mail over; accepted by the server is evidence."""
        return self.send_all([letter])[0]

    def send_all(self, letters: Sequence[Letter]) -> Sequence[Delivery]:
        """Hand mails over by one connection; when the server is away the rest waits for later."""
        answers: list[Delivery] = []
        server: smtplib.SMTP | None = None
        away = ""
        for letter in letters:
            if not letter.to.email:
                answers.append(Delivery("nobody"))
                continue
            if not away:
                try:
                    server = server or self._connect()
                    answers.append(self._hand_over(server, letter))
                    continue
                except (smtplib.SMTPException, OSError) as error:
                    log.warning("mail: %s", error)
                    away = "mail server does not answer"
            answers.append(Delivery("later", detail=away))
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        return answers

    def _hand_over(self, server: smtplib.SMTP, letter: Letter) -> Delivery:
        try:
            server.send_message(self._written(letter))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return _refused(codes[0] if codes else 0, letter)
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, letter)
        return Delivery("accepted", letter.to.email, evidence="accepted")

    def _written(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._from
        mail["To"] = letter.to.email
        mail["Subject"] = letter.notice.subject
        mail["Date"] = formatdate(localtime=False)
        mail["Message-ID"] = self._identifier(letter)
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = letter.to.language
        mail.set_content(f"{letter.notice.text}\n\n{self._base}{letter.notice.path}\n")
        return mail

    def _identifier(self, letter: Letter) -> str:
        """Return the same id for the same letter, so that a mailbox shows a second copy once."""
        digest = hashlib.sha256(f"{letter.key} {letter.to.id}".encode()).hexdigest()[:32]
        return f"<{digest}@{urlsplit(self._base).hostname}>"

    def _open(self) -> smtplib.SMTP:
        host, parts = self._parts.hostname or "", self._parts
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                host, parts.port or TLS_PORT, timeout=SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or SUBMISSION_PORT, timeout=SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif parts.username:
                server.close()
                raise smtplib.SMTPNotSupportedError("no STARTTLS: the password would go in clear")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


def _server(address: str) -> SplitResult:
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingsError("NAVETTE_SMTP_URL", "must be smtp(s)://[USER:PASSWORD@]HOST[:PORT]")
    return parts


def _refused(code: int, letter: Letter) -> Delivery:
    if code in TEMPORARY:
        return Delivery("later", detail=f"mail server answered {code}")
    log.warning("mail: server refused the address of patron %s with %s", letter.to.id, code)
    return Delivery("nobody")
