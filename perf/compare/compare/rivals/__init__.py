"""Everyone who takes part, in the order of the page's tables."""

from .emmett import Emmett
from .eventcore import EventCoreMemory, EventCorePostgres, EventCoreSqlite
from .eventsourcing import EventSourcing
from .firn import Firn, FirnInProcess, FirnInPython
from .message_db import MessageDb
from .nats import Nats
from .umadb import UmaDb

ALL = [Firn, FirnInProcess, MessageDb, UmaDb, Nats, EventCoreSqlite, EventCorePostgres, EventCoreMemory,
       Emmett, EventSourcing]
