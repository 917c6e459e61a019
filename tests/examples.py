"""How many examples a property is tried with, where one example is a whole book's work."""

import os

from hypothesis import settings


def few(examples: int) -> settings:
    """Return settings for so many examples, for forty times as many where KASSE_HYPOTHESIS=soak."""
    return settings(max_examples=examples * (40 if os.environ.get("KASSE_HYPOTHESIS") == "soak" else 1))
