import os
import signal

import pytest

# A background job starts with interrupts ignored, and so would the processes that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("GOODWILL_FULL"):
        return
    skip = pytest.mark.skip(reason="takes long: ./do test --full")
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(skip)
