"""No process of ours outlives the one that started it."""

import ctypes
import os
import signal
import sys

STARTED_BY = "THALWEG_STARTED_BY"
_PR_SET_PDEATHSIG = 1


def bind_to_parent() -> None:
    """Ask the kernel to end this process when its parent ends; where it cannot, nothing is asked.

    The parent may have ended before the kernel was asked, so its pid is compared with the one it gave. From here on
    this process is the parent of those that it starts.
    """
    expected = os.environ.get(STARTED_BY)
    if expected is None or expected == str(os.getpid()) or sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(expected):
        os._exit(1)
    os.environ[STARTED_BY] = str(os.getpid())
