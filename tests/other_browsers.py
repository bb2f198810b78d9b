"""Firefox and WebKitGTK as Debian ships them, each driven by its own small protocol.

Playwright drives only builds of its own. Firefox speaks Marionette (lengths and JSON on a socket),
WebKitWebDriver plain WebDriver over HTTP; WebKit needs a screen, so Xvfb gives one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx2

from free_ports import a_free_port
from waiting import until

WEBKIT_FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
FIREFOX_PREFERENCES: Mapping[str, Any] = {
    "dom.push.enabled": False,  # as in a private window: the page must say what to do instead
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/",
    "intl.accept_languages": "fr",
    "ui.systemUsesDarkTheme": 0,
}


class Window(Protocol):
    """One window of a browser."""

    name: str

    def go(self, address: str) -> None:
        """Open a page and wait until it is loaded."""

    def run(self, script: str) -> Any:
        """Run the body of a function in the page and return its value."""

    def forget(self) -> None:
        """Drop every cookie."""

    def size(self, width: int, height: int) -> None:
        """Make the page as wide as this, in its own pixels."""


def missing(kind: str) -> str:
    """Say what has to be installed for this browser, '' when it is there."""
    needed = {
        "firefox": {"firefox-esr": shutil.which("firefox-esr")},
        "webkit": {
            "webkit2gtk-driver": shutil.which("WebKitWebDriver") and _mini_browser(),
            "xvfb": shutil.which("Xvfb"),
        },
    }[kind]
    lacking = " ".join(name for name, found in needed.items() if not found)
    return f"there is no {kind} here (Debian: apt-get install {lacking})" if lacking else ""


def _mini_browser() -> str:
    for folder in map(Path, WEBKIT_FOLDERS):
        for found in sorted(folder.glob("webkit2gtk-4.*/MiniBrowser")):
            return str(found)
    return ""


@contextmanager
def a_window(kind: str, folder: Path) -> Iterator[Window]:
    """Open a window of a browser that is installed; its profile lies in that folder."""
    with ExitStack() as stack:
        starts = {"firefox": _firefox, "webkit": _webkit}
        yield stack.enter_context(starts[kind](folder))


@contextmanager
def _process(folder: Path, *command: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = {"HOME": str(folder), "LANG": "C.UTF-8", "PATH": os.environ["PATH"], **environ}
    with (folder / f"{Path(command[0]).name}.log").open("wb") as log:
        started = subprocess.Popen(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield started
        finally:
            os.killpg(started.pid, signal.SIGTERM)
            try:
                started.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(started.pid, signal.SIGKILL)
                started.wait(10)


class Firefox:
    """Marionette: `LENGTH:[0, number, command, values]` out, `LENGTH:[1, number, error, result]` in."""

    name = "firefox"

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._number = 0
        self._receive()  # it greets first
        self._ask("WebDriver:NewSession", {"capabilities": {}})

    def go(self, address: str) -> None:
        self._ask("WebDriver:Navigate", {"url": address})
        self._zoom()

    def run(self, script: str) -> Any:
        return self._ask("WebDriver:ExecuteScript", {"script": script, "args": []})["value"]

    def forget(self) -> None:
        self._ask("WebDriver:DeleteAllCookies", {})

    def size(self, width: int, height: int) -> None:
        """No window of Firefox is as narrow as a phone: a wider one is zoomed."""
        self._ask("WebDriver:SetWindowRect", {"width": width * 2, "height": height * 2})
        self._zoom()

    def _zoom(self) -> None:
        self._ask("Marionette:SetContext", {"value": "chrome"})
        self.run("gBrowser.selectedBrowser.fullZoom = 2")
        self._ask("Marionette:SetContext", {"value": "content"})

    def close(self) -> None:
        self._ask("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._socket.close()

    def _ask(self, command: str, values: Mapping[str, Any]) -> Any:
        self._number += 1
        sent = json.dumps([0, self._number, command, values]).encode()
        self._socket.sendall(b"%d:%s" % (len(sent), sent))
        _kind, _number, error, result = self._receive()
        assert error is None, (command, error)
        return result

    def _receive(self) -> Any:
        length = b""
        while (one := self._socket.recv(1)) != b":":
            assert one, "Firefox went away"
            length += one
        told = b""
        while len(told) < int(length):
            told += self._socket.recv(int(length) - len(told))
        return json.loads(told)


@contextmanager
def _firefox(folder: Path) -> Iterator[Firefox]:
    port = a_free_port()
    chosen = {**FIREFOX_PREFERENCES, "marionette.port": port}
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in chosen.items()
    ]
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    flags = ("--headless", "--marionette", "--remote-allow-system-access", "--no-remote")
    with _process(folder, "firefox-esr", *flags, "--profile", str(folder)):
        until(lambda: _listens(port), 60, "Firefox")
        window = Firefox(port)
        try:
            yield window
        finally:
            window.close()


class WebKit:
    """WebDriver over HTTP, as far as one window needs it."""

    name = "webkit"

    def __init__(self, port: int) -> None:
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        browser = {"binary": _mini_browser(), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": browser}}
        made = self._answer(self._client.post("/session", json={"capabilities": wanted}))
        self._session = f"/session/{made['sessionId']}"

    def go(self, address: str) -> None:
        self._post("/url", url=address)

    def run(self, script: str) -> Any:
        return self._post("/execute/sync", script=script, args=[])

    def forget(self) -> None:
        self._answer(self._client.delete(f"{self._session}/cookie"))

    def size(self, width: int, height: int) -> None:
        self._post("/window/rect", width=width, height=height)
        wider = self.run("return innerWidth") - width
        if wider:
            self._post("/window/rect", width=width - wider, height=height)

    def close(self) -> None:
        self._client.delete(self._session)
        self._client.close()

    def _post(self, what: str, **values: Any) -> Any:
        return self._answer(self._client.post(f"{self._session}{what}", json=values))

    def _answer(self, answer: httpx2.Response) -> Any:
        assert answer.status_code == httpx2.codes.OK, answer.text
        return answer.json()["value"]


@contextmanager
def _webkit(folder: Path) -> Iterator[WebKit]:
    port, screen = a_free_port(), a_free_port() % 10_000 + 100
    alone = {
        "DISPLAY": f":{screen}", "GDK_BACKEND": "x11", "XDG_RUNTIME_DIR": str(folder),
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1", "NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory",
        "LANGUAGE": "fr",
    }  # fmt: skip
    folder.chmod(0o700)
    narrow = folder / ".config/gtk-3.0/gtk.css"  # its toolbar is what keeps a window wide
    narrow.parent.mkdir(parents=True)
    narrow.write_text("* { min-width: 0; padding: 0; margin: 0; border: 0; font-size: 1px; }")
    with ExitStack() as stack:
        size = ("-screen", "0", "1400x1000x24", "-nolisten", "tcp")
        stack.enter_context(_process(folder, "Xvfb", f":{screen}", *size))
        until(Path(f"/tmp/.X11-unix/X{screen}").exists, 20, "the screen")
        stack.enter_context(_process(folder, "WebKitWebDriver", f"--port={port}", **alone))
        until(lambda: _listens(port), 20, "WebKitWebDriver")
        window = WebKit(port)
        stack.callback(window.close)
        yield window


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
