"""Python loads this before a server's own code: lets tests advance its clock, shorten its waits and measure its heap.

test/security/clock.ts and heap.ts do the same to a server on Node.js.
"""

import asyncio
import gc
import os
import signal
import time
import tracemalloc
from typing import Any

real_time, real_monotonic, real_call_at = time.time, time.monotonic, asyncio.BaseEventLoop.call_at
step, divisor = float(os.environ.get("CLOCK_STEP") or 0), float(os.environ.get("WAITS_DIVIDED_BY") or 1)
offset = 0.0


def advance(*_: object) -> None:
    global offset
    offset += step
    print(f"clock at +{int(offset * 1000)}", flush=True)


def measure(*_: object) -> None:
    gc.collect()
    print(f"heap of {tracemalloc.get_traced_memory()[0]} bytes", flush=True)


def call_sooner(loop: asyncio.BaseEventLoop, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
    wait = when - loop.time()
    if wait < 5:
        return real_call_at(loop, when, callback, *args, context=context)
    print(f"waits {round(wait * 1000)} ms", flush=True)
    return real_call_at(loop, loop.time() + wait / divisor, callback, *args, context=context)


if step:
    time.time, time.monotonic = (lambda: real_time() + offset), (lambda: real_monotonic() + offset)
    signal.signal(signal.SIGUSR2, advance)
if divisor > 1:
    asyncio.BaseEventLoop.call_at = call_sooner  # type: ignore[method-assign]
if os.environ.get("MEASURED_HEAP"):
    tracemalloc.start()
    signal.signal(signal.SIGUSR2, measure)
