"""Letters to debtors as values: their kinds, their life, and what may go wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sepa.errors import N_, KasseError

MAKERS = ("enforcement", "clerk", "machine")
RELEASERS = ("enforcement", "head")
POSTERS = ("enforcement", "clerk", "head", "machine")
STATES = (N_("made"), N_("released"), N_("posted"), N_("served"), N_("returned"), N_("cancelled"))
WAYS = (N_("post"), N_("service"))


@dataclass(frozen=True, slots=True)
class LetterKind:
    """What a kind of letter is in law and on paper.

    `act`: a Verwaltungsakt, which tells its remedy. `demand`: it claims money in writing (interrupts limitation where
    the law says so). `internal`: a note for the file, with no addressee. `to_other`: it goes to somebody other than
    the debtor. `relief`: it tells what a relief decided. `needs`: blocks that its wording must have.
    """

    name: str
    title: str
    act: bool = False
    demand: bool = False
    internal: bool = False
    to_other: bool = False
    relief: bool = False
    needs: tuple[str, ...] = ("posten",)


# A Mahnung regulates nothing: it is no Verwaltungsakt and tells no remedy (§ 259 AO, § 3 Abs. 3 VwVG); the same holds
# for the announcement of enforcement, which only says what the law does anyway.
KINDS: Mapping[str, LetterKind] = {
    kind.name: kind
    for kind in (
        LetterKind(N_("mahnung"), "Mahnung", demand=True, needs=("posten", "zahlung")),
        LetterKind(N_("ankuendigung"), "Vollstreckungsankündigung", demand=True, needs=("posten", "zahlung")),
        LetterKind(N_("stundung"), "Stundungsbescheid", act=True, relief=True, needs=("posten", "rechtsbehelf")),
        LetterKind(
            N_("ratenplan"), "Bescheid über Ratenzahlung", act=True, relief=True, needs=("raten", "rechtsbehelf")
        ),
        LetterKind(N_("erlass"), "Erlassbescheid", act=True, relief=True, needs=("posten", "rechtsbehelf")),
        LetterKind(N_("ablehnung"), "Ablehnungsbescheid", act=True, relief=True, needs=("rechtsbehelf",)),
        LetterKind(
            N_("widerruf"), "Widerruf von Zahlungserleichterungen", act=True, relief=True,
            needs=("posten", "zahlung", "rechtsbehelf"),
        ),
        LetterKind(N_("niederschlagung"), "Verfügung über eine Niederschlagung", internal=True, relief=True),
        LetterKind(
            N_("vorabankuendigung"), "Ankündigung einer SEPA-Lastschrift", needs=("einzuege", "mandat")
        ),
        LetterKind(N_("forderungsanmeldung"), "Forderungsanmeldung", to_other=True, relief=True),
        LetterKind(N_("nachranganmeldung"), "Anmeldung nachrangiger Forderungen", to_other=True, relief=True),
    )
}  # fmt: skip
"""All kinds of letters by name."""
PLAIN_PAGE = "-einfach"
"""Behind the name of a kind: the wording of its page in plain language."""


class UnknownLetterError(KasseError):
    """No letter has that number."""

    code = "letter.unknown"
    template = N_("there is no letter {letter}")
    hint = N_("see 'kasse letter list'")


class UnknownLetterKindError(KasseError):
    """No such kind of letter."""

    code = "letter.kind"
    template = N_("there is no kind of letter {kind}")
    hint = N_("the kinds are: {kinds}")
    exit_code = 2


STATES_SAID = {"posted": N_("mailed"), "returned": N_("come back"), "cancelled": N_("called off")}
"""States of a letter whose own words mean something else of a payment or a run."""


class LetterStateError(KasseError):
    """A step that a letter in its state does not take."""

    code = "letter.state"
    template = N_("letter {letter} is {state}")
    hint = N_("see 'kasse letter show {letter}'")

    def __init__(self, **values: Any) -> None:
        if "state" in values:
            values["state"] = STATES_SAID.get(values["state"], values["state"])
        super().__init__(**values)


class UnreleasedLetterError(LetterStateError):
    """A letter that nobody released: it is neither printed nor posted."""

    code = "letter.unreleased"
    template = N_("letter {letter} is not released yet")
    hint = N_("another person releases it first: 'kasse letter release {letter}'")


class UnreleasedRunLetterError(UnreleasedLetterError):
    """A letter of a dunning run that nobody released."""

    code = "letter.run_unreleased"
    hint = N_("another person releases dunning run {run} first: 'kasse dunning release {run}'")


def not_in_state(letter: int, state: str, run: int | None) -> LetterStateError:
    """Return why a letter does not take a step: what it is, or whose release is missing."""
    if state != "made":
        return LetterStateError(letter=letter, state=state)
    return UnreleasedLetterError(letter=letter) if run is None else UnreleasedRunLetterError(letter=letter, run=run)


class InternalLetterError(KasseError):
    """A note for the file that is to be sent."""

    code = "letter.internal"
    template = N_("letter {letter} ({kind}) is a note for the file and is not sent")
    hint = N_("print it with 'kasse letter print {letter}'")


class NotPrintedError(KasseError):
    """A letter that is to be posted without having been printed."""

    code = "letter.not_printed"
    template = N_("letter {letter} was not printed yet")
    hint = N_("print it with 'kasse letter print {letter}', then post it")


class PlannedDayError(KasseError):
    """A letter whose printed term would be shorter than the law's if it were posted later than planned."""

    code = "letter.planned_day"
    template = N_("letter {letter} was printed to be posted on {planned}; on {day} its term would be too short")
    hint = N_(
        "if it left the house on {planned}, give --date {planned}; else print it anew: 'kasse letter print {letter} "
        "--anew --post-on {day}'"
    )


N_("given to the post"), N_("served"), N_("returned")  # what can have been done with a letter on a day


class PostingDayError(KasseError):
    """A day on which a letter cannot have been posted."""

    code = "letter.day"
    template = N_("letter {letter} cannot have been {action} on {day}")
    hint = N_("give a day from {first} on, up to today")


class ChangedFileError(KasseError):
    """A file that is not the one that was printed."""

    code = "letter.file"
    template = N_("the file {file} is not what was printed for letter {letter}")
    hint = N_("print it again with 'kasse letter print {letter}' and hand that file to the post")


class NoRecipientAddressError(KasseError):
    """A letter to somebody whose address is not known: it is not printed."""

    code = "letter.no_address"
    template = N_("letter {letter}: {party} has no address")
    hint = N_("find it out, then 'kasse party change', and print again")


class CharactersError(KasseError):
    """Characters that the letter's font does not have; each is printed as a question mark."""

    code = "letter.characters"
    template = N_("letter {letter}: {count} characters cannot be printed")
    hint = N_("write the name in Latin letters as the register has it (DIN 91379)")
    severity = "warning"


class NoRemedyError(KasseError):
    """An administrative act about claims whose law names no remedy here."""

    code = "letter.no_remedy"
    template = N_("letter {letter} tells no remedy: the law {profile} names none")
    hint = N_("without it the term of the remedy is one year (§ 58 VwGO, § 356 Abs. 2 AO); see 'kasse letter remedies'")
    severity = "warning"


class NoProofError(KasseError):
    """A letter that was served without saying what proves it."""

    code = "letter.proof"
    template = N_("letter {letter}: what proves that it was served?")
    hint = N_("give it with --proof, for example 'Postzustellungsurkunde vom 27.11.2026'")


class NoReturnReasonError(KasseError):
    """A letter that came back without a reason."""

    code = "letter.reason"
    template = N_("why did letter {letter} come back or end?")
    hint = N_("give it with --reason, for example 'unbekannt verzogen'")


class RunLetterError(KasseError):
    """A letter of a dunning run that is to be released alone."""

    code = "letter.run"
    template = N_("letter {letter} belongs to dunning run {run}")
    hint = N_("release the whole run with 'kasse dunning release {run}'")


class NothingToPrintError(KasseError):
    """A run without a letter that could be printed or posted."""

    code = "letter.none"
    template = N_("dunning run {run} has no letter for this step")
    hint = N_("see 'kasse letter list --run {run}'")


class UnknownTaskError(KasseError):
    """No open address task has that number."""

    code = "letter.task"
    template = N_("there is no open address task {task}")
    hint = N_("see 'kasse letter tasks'")


class PaidFeesStayError(KasseError):
    """A cancelled letter whose fees and charges were paid before."""

    code = "letter.paid_fees_stay"
    template = N_("letter {letter} is cancelled; of its fees and charges {paid_cents} are paid and stay booked")
    hint = N_(
        "where the debtor should not bear them, an Erlass gives them back: 'kasse relief propose erlass ITEM'; "
        "another person decides"
    )
    severity = "warning"


class FeesStayError(KasseError):
    """A returned letter whose fees and charges stay booked."""

    code = "letter.fees_stay"
    template = N_("letter {letter} came back; its fees stay booked: {fee_cents}")
    hint = N_("if they are not owed: 'kasse relief propose absetzung ITEM'; another person decides")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as lists show it."""

    letter: int
    kind: str
    state: str
    way: str
    party_number: int
    party: str
    reference: str | None
    sum_cents: int
    day: str
    run: int | None
    planned_on: str | None
    posted_on: str | None
    deemed_on: str | None
    term_end: str | None
    served_on: str | None
    returned_on: str | None
    content_sha256: str | None
    pdf_sha256: str | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An address to find out, as lists show it."""

    task: int
    party_number: int
    party: str
    address: str
    letter: int
    opened_on: str
    reason: str
    done_on: str | None
    done_note: str | None


def kind_named(name: str) -> LetterKind:
    """Return the kind of that name; raises `UnknownLetterKindError`."""
    if name not in KINDS:
        raise UnknownLetterKindError(kind=name, kinds=", ".join(KINDS))
    return KINDS[name]
