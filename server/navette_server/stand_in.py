"""The process of the stand-in metropolitan library, on loopback, in development only."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import uvicorn

from navette.errors import SettingsError
from navette_server import lifeline
from navette_server.demo.provider.app import provider_for
from navette_server.environment import settings_here
from navette_server.requestlog import configure


def main() -> None:
    """Serve the issuer of the settings until told to stop."""
    try:
        settings = settings_here()
        application = provider_for(settings)
    except SettingsError as error:
        sys.exit(f"The stand-in library does not start: {error}")
    configure(settings.log_format)
    lifeline.hold()
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=urlsplit(settings.oidc_issuer).port or 80,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
