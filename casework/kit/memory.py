"""What a process keeps as long as it lives 常驻内存, and how often the rest is walked."""

import gc

NEW_OBJECTS = 10_000
"""So many more objects than were freed before the youngest are looked through: a request or a block of rows makes and
drops thousands, and few of them in circles."""


def settle() -> None:
    """Call once, when the catalogue is read. The garbage collector no longer walks it, during which nobody was answered
    for a tenth of a second, and which took every sixth second of an import. A repeat settles what came since."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
