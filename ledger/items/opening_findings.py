"""What is wrong with the days and levels of an open item that is taken over."""

from __future__ import annotations

from sepa.errors import N_, KasseError

SOURCE = "opening"
"""What entries of a take-over come from."""


class DunningLevelError(KasseError):
    """A dunning level that no letter has."""

    code = "opening.dunning_level"
    template = N_("not a dunning level: {level}")
    hint = N_("write 0 to 9")


class DayAfterKeyDayError(KasseError):
    """Money that came after the day on which the old books were closed."""

    code = "opening.day"
    template = N_("the day {day} lies after the key day {as_of}: what the old books held had come by then")
    hint = N_("correct the day; its age, and payment days, count from it")


class OriginalDueError(KasseError):
    """A claim that first fell due later than it is due now."""

    code = "opening.original_due"
    template = N_("first due on {original}, which is later than {due}")
    hint = N_("exchange or correct due and original_due: charges run from the first due day")
