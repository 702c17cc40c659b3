"""As whom a child runs and how it is tied to its parent: user namespace, nobody, and death with the parent.

Linux does all of it; elsewhere (macOS) a left-over server is found and stopped at the next start instead.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_NOBODY = 65534
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def enter_user_namespace() -> None:
    """In a forked child of root: become uid 65534 inside a namespace of its own.

    PostgreSQL's refusal to run as root is satisfied, the files stay root's, no account is made, no mode changed, and
    the process holds no capability outside. Raises: OSError: the machine refuses user namespaces.
    """
    uid, gid = os.geteuid(), os.getegid()
    if _libc is None or _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, line in (("setgroups", "deny"), ("uid_map", f"{_NOBODY} {uid} 1"), ("gid_map", f"{_NOBODY} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def user_namespace_works() -> bool:
    """Tried in a child of its own, because entering cannot be undone. GRIDCALL_NO_USERNS=1 answers no."""
    if not LINUX or os.environ.get("GRIDCALL_NO_USERNS"):
        return False
    pid = os.fork()
    if pid == 0:
        try:
            enter_user_namespace()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def before_exec(*, namespace: bool = False, dies_by: int | None = None) -> Callable[[], None]:
    """What the child does between fork and exec; `dies_by` is the signal it gets when its parent is gone.

    The parent is the *thread* that forks, so children are spawned from the main thread only.
    """
    parent = os.getpid()

    def prepare() -> None:
        if namespace:
            enter_user_namespace()
        if dies_by is not None and _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, dies_by)  # after the change of credentials, which clears it
            if os.getppid() != parent:
                os._exit(1)  # the parent died before the line above

    return prepare
