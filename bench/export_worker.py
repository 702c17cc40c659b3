"""The notify worker's export loop alone, in a process of its own whose memory is read at the end: for `bench export`."""

import asyncio
import json
import resource
import sys
import time

from casework.kit.settings import get_settings
from services.assembly import open_city
from services.notify.case_lists.writing import step


async def run() -> None:
    """Work until nothing is left; tell seconds and the most memory that was resident, in MB."""
    city, begun = open_city(get_settings()), time.perf_counter()
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    while await step(city):
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"seconds": time.perf_counter() - begun, "idle": idle, "peak": peak}, sys.stdout)
    await city.close()


if __name__ == "__main__":
    asyncio.run(run())
