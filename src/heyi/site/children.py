"""Processes that end with the process that started them, however it ends."""

import os
import signal
import sys
import threading
from time import sleep

GRACE_SECONDS = 15


def die_with_parent() -> None:
    """The kernel ends this process when the thread that forked it is gone. Linux only."""
    if sys.platform == "linux":
        import ctypes

        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, int(signal.SIGKILL))


def end_with_parent() -> None:
    """End in good order when the pipe the parent holds on our stdin breaks."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
