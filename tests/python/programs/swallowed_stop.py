"""Gets a signal inside a library that catches every exception; prints whether the stop is still known."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from ci_signals.process import Stopped, check_stopped, stop_on_signals

stop_on_signals()
check_stopped()
with suppress(BaseException):
    os.kill(os.getpid(), signal.SIGTERM)
try:
    check_stopped()
except Stopped as stopped:
    print(stopped.code, stopped.reason)
