"""Recalls of payments that the bank has: what may be asked for, what the bank answers."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

ROLES = ("payments", "releaser")
N_("asked"), N_("accepted"), N_("refused"), N_("pending")  # words of lists


class RecallStateError(KasseError):
    """A recall of what the bank does not have."""

    code = "recall.state"
    template = N_("{what} is {state}: there is nothing to call back")
    hint = N_("a file the bank never got is given up with 'kasse payment void'")


class RecallBicError(KasseError):
    """A recall without the BIC of the own bank."""

    code = "recall.bic"
    template = N_("the BIC of the bank that keeps {iban} is not known")
    hint = N_("give it with --bic; a recall names the bank it is sent to")


class LateRecallError(KasseError):
    """A recall after the time in which the payee's bank has to answer it."""

    code = "recall.late"
    template = N_("a recall for {reason} is possible until {last}: the bank may refuse it")
    hint = N_("ask the payee to pay the money back as well")
    severity = "warning"


class UnknownRecallError(KasseError):
    """An answer to a recall that the book does not have."""

    code = "recall.unknown"
    template = N_("the answer is about {message}, for which no recall of this book was written")
    hint = N_("nothing was taken from it; ask the bank which recall it answers")
    severity = "warning"


class RecallPartError(KasseError):
    """A whole file was recalled, and the bank answers otherwise for some of its payments."""

    code = "recall.part"
    template = N_("recall of {what}: of {count} payments the bank stops {accepted} and refuses to stop {refused}")
    hint = N_("nothing is given up by this; recall what it stopped one by one: 'kasse payment recall {number}-LINE'")
    severity = "warning"


class RecallAnsweredError(KasseError):
    """What the bank answered to a recall."""

    code = "recall.answered"
    template = N_("the bank answers the recall of {what}: {state} {reason}")
    hint = N_("what was paid comes back with a statement; what was not executed yet is given up with "
              "'kasse payment void {number}', a whole file with --cancelled")  # fmt: skip
    severity = "info"


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall as it stands; `line` is None for a whole file."""

    number: int
    office: str
    run: int
    file: int
    line: int | None
    state: str
    reason: str
    information: str
    message_id: str
    created_stamp: str
    sha256: str | None
    answered_at: str | None
    answer_reason: str | None

    @property
    def what(self) -> str:
        """How people name what is called back: a payment as 17-3, a file as 17/F1."""
        return f"{self.run}/F{self.file}" if self.line is None else f"{self.run}-{self.line}"
