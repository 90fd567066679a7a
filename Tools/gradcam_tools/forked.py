"""A function in a process of its own, with limits on its memory and time.

The process is forked, so what the parent has imported need not be imported again.
"""

import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable

_POLL = 0.2
"""Seconds between looks at a process."""


def forked(work: Callable[[], None], gigabytes: float, seconds: float) -> str | None:
    """Runs `work` in a child, and returns what stopped it, or None if it ended well."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _run(work)
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        reason = None
        if _resident(child) > gigabytes * 1e9:
            reason = f"took more than {gigabytes:g} GB of memory"
        elif time.monotonic() > deadline:
            reason = f"took longer than {seconds:g} s"
        if reason:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return reason
        time.sleep(_POLL)
    if os.WIFSIGNALED(status):
        return f"ended by signal {os.WTERMSIG(status)}"
    return None if os.WEXITSTATUS(status) == 0 else f"exit status {os.WEXITSTATUS(status)}"


def _run(work: Callable[[], None]) -> None:
    os.setpgid(0, 0)
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _resident(process: int) -> int:
    """Bytes of memory that a process holds, without those that it shares with its parent's file."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        with open(f"/proc/{process}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
