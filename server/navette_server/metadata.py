"""Every table of every floor, registered: what migrations are compared with."""

from navette.catalogue import tables as catalogue
from navette.circulation import tables as circulation
from navette.eresources import tables as eresources
from navette.network import tables as network
from navette.notifications import tables as notifications
from navette.patrons import tables as patrons
from navette.storage import tables as storage
from navette.storage.base import metadata
from navette_auth import tables as identity

FLOORS = (storage, network, eresources, catalogue, patrons, circulation, notifications, identity)

__all__ = ["FLOORS", "metadata"]
