"""What a process keeps as long as it lives 常驻内存."""

import gc


def settle() -> None:
    """Call once, when the catalogue is read. The garbage collector no longer walks it, during which nobody was answered
    for a tenth of a second, and which took every tenth second of an import. A repeat settles what came since."""
    gc.collect()
    gc.freeze()
