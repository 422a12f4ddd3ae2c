"""Is stopped twice while signals are only noted: the second time, a second later, ends it."""

from __future__ import annotations

import os
import signal
import time

from ci_signals.stopping import signals_noted, stop_on_signals

stop_on_signals()
with signals_noted():
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
    print("noted", flush=True)
    time.sleep(1.1)
    os.kill(os.getpid(), signal.SIGINT)
    print("not reached", flush=True)
