"""Dunning as values: a debtor's overdue claims become letters, each with its items, charges and fees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from enforcement.dunning_claims import Due, Left, Overdue
from enforcement.dunning_fees import Fee, fees_of
from enforcement.dunning_groups import by_profile, letter_of, place
from enforcement.dunning_joint import Asked, Joint, for_all
from enforcement.dunning_rules import Rulebook
from ledger.items.locks import NO_LOCKS, ActiveLocks
from sepa.errors import N_, KasseError


class IncompleteError(KasseError):
    """The books do not hold all money that came in, so that somebody who has paid would be dunned (invariant 5)."""

    code = "dunning.incomplete"
    template = N_("nobody is dunned before all money up to {day} is in the books")
    hint = N_("import and post the missing statements with 'kasse reconcile', then propose again")


class AccountBehindError(KasseError):
    """A collection account whose statements do not reach the last bank day."""

    code = "dunning.account"
    template = N_("account {iban} is complete up to {until}, needed is {needed}")
    hint = N_("import its statements, or close the day with --no-statement {iban}=TEXT")


class AccountEmptyError(KasseError):
    """A collection account without any statement."""

    code = "dunning.no_statement"
    template = N_("account {iban} has no statement, needed is {needed}")
    hint = N_("import its statements, or close the day with --no-statement {iban}=TEXT")


class NotPostedError(KasseError):
    """Bank entries that wait to be posted."""

    code = "dunning.staged"
    template = N_("account {iban} has {count} entries that wait to be posted, together {sum_cents}")
    hint = N_("post them with 'kasse reconcile'")


class NoAddressError(KasseError):
    """A debtor to whom no letter can be sent."""

    code = "dunning.no_address"
    template = N_("{party} has no address (items: {count}, together {sum_cents})")
    hint = N_("find out the address before the letters are written")
    severity = "warning"


class SetOffError(KasseError):
    """A debtor to whom the Kasse itself owes money."""

    code = "dunning.set_off"
    template = N_("{party} has {credit_cents} to get, set it off against {sum_cents} first")
    hint = N_("clear the credit before the letter is written")
    severity = "warning"


class UnknownLawError(KasseError):
    """A kind of claim whose law is not among the data."""

    code = "dunning.law"
    template = N_("items: {count} have the profile {profile}, which is no law of the book's Land")
    hint = N_("take over the law of your Land with 'kasse law take FOLDER' (docs/law.md); see 'kasse book place'")
    severity = "warning"


class LetterDraft(NamedTuple):
    """One letter: all claims of a debtor that are due for a step of the same kind and way.

    A `copy` goes to a joint debtor, behind the first debtor's letter.
    """

    party: int
    kind: str
    way: str
    profile: str | None
    level: int
    items: tuple[Due, ...]
    fees: tuple[Fee, ...]
    copy: bool = False

    @property
    def open_cents(self) -> int:
        """What is open on its items, without charges and fees."""
        return sum([item.row.open_cents for item in self.items])

    @property
    def charge_cents(self) -> int:
        """The charges until the day of the letter that were not demanded before."""
        return sum([item.charge_cents for item in self.items])

    @property
    def fee_cents(self) -> int:
        """Its fees and lump sums."""
        return sum([fee.cents for fee in self.fees])


@dataclass(slots=True)
class Gathering:
    """Takes overdue claims debtor by debtor and gives letters and what is left out.

    `waiting`: items that money in suspense or a debit under way may pay; `credits`: cents the Kasse owes by person;
    `locked`: no dunning; `joint`: who else owes a claim; `asked`: who of them was dunned; `gone`: dead or insolvent.
    """

    book: Rulebook
    waiting: Collection[tuple[str, int]] = ()
    credits: Mapping[int, int] = field(default_factory=dict)
    locked: ActiveLocks = NO_LOCKS
    joint: Joint = field(default_factory=dict)
    asked: Asked = ()
    gone: Mapping[int, str] = field(default_factory=dict)
    findings: list[KasseError] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)

    def take(self, rows: Iterable[Overdue]) -> Iterator[tuple[list[LetterDraft], list[Left]]]:
        """Yield letters and left-out claims of one debtor after the other; the rows come ordered by debtor."""
        for _, group in groupby(rows, key=lambda row: row.number):
            yield self._debtor(list(group))

    def _debtor(self, rows: list[Overdue]) -> tuple[list[LetterDraft], list[Left]]:
        paid = [row for row in rows if not row.open_cents]
        due, left = self._decided([row for row in rows if row.open_cents] if paid else rows)
        if due:
            due, small = self._without_small(due)
            left += small
        if paid:
            due += self._settled(paid, due)
        letters = list(self._letters(due)) if due else []
        if letters:
            self._note(rows[0], letters)
        if not self.joint:
            return letters, left
        return [each for one in letters for each in for_all(one, self.joint, self.asked, self._towards)], left

    def _decided(self, rows: list[Overdue]) -> tuple[list[Due], list[Left]]:
        """Decide main claims first: a side claim goes with its main claim, into the letter or out of it."""
        if len(rows) == 1 and rows[0].main_item is None:
            found = self._one(rows[0])
            return ([found], []) if isinstance(found, Due) else ([], [found])
        due: list[Due] = []
        left: list[Left] = []
        mains: dict[tuple[str, int], Due | None] = {}
        for row in sorted(rows, key=lambda one: one.main_item is not None):
            main = mains.get((row.office, row.main_item), ...) if row.main_item is not None else ...
            asked = row._replace(number=main.row.number) if isinstance(main, Due) else row
            found = self._one(row) if main is ... else self.outside(asked) or _with(main, row)
            mains[row.office, row.item] = found if isinstance(found, Due) else None
            if isinstance(found, Due):
                due.append(found)
            else:
                left.append(found)
        return due, left

    def _settled(self, rows: list[Overdue], due: list[Due]) -> list[Due]:
        """Return the claims that were paid too late and whose charges nobody asked for.

        Small charges of one law together go with a letter about other claims of it, never alone.
        """
        found = [one for row in rows if not self.outside(row) and (one := self.book.settled(row))]
        kept: list[Due] = []
        for (name, kind), group in by_profile(found):
            law, total = self.book.claim_law(name), sum([one.charge_cents + one.lump_cents for one in group])
            others = any((one.row.profile, one.step.kind) == (name, kind) for one in due)
            assert law is not None, "what has no law is not charged"
            if not others:
                self.book.note(law.asked_findings)
            if others or total >= law.asked_cents:
                kept += group
        return kept

    def _one(self, row: Overdue) -> Due | Left:
        found = self.outside(row) or self.book.decide(row)
        if self.joint and isinstance(found, Left) and found.why in _OF_ONE:
            found = self._another(row) or found
        if isinstance(found, Left) and found.why == "law_unknown" and self.book.claim_law(row.profile) is None:
            self.unknown[row.profile or ""] = self.unknown.get(row.profile or "", 0) + 1
        return found

    def _another(self, row: Overdue) -> Due | None:
        """Return the claim as due from the next of joint debtors whom nothing keeps from being asked, § 425 BGB."""
        for party in self.joint.get((row.office, row.main_item or row.item), ()):
            his = row._replace(number=party)
            found = self.outside(his) or self.book.decide(his)
            if isinstance(found, Due):
                return found
        return None

    def outside(self, row: Overdue) -> Left | None:
        """Return why the law is not even asked."""
        if row.number is None:
            return Left(row.office, row.item, "no_debtor")
        if self.locked.hold(row.office, row.item, row.number):
            return Left(row.office, row.item, "locked")
        if row.number in self.gone:
            return Left(row.office, row.item, self.gone[row.number])
        if row.main_gone:
            return Left(row.office, row.item, "main_cancelled")
        if (row.office, row.item) in self.waiting:
            return Left(row.office, row.item, "suspense")
        return None

    def _towards(self, due: Due, party: int) -> Due | None:
        """Return a claim as it is due from another of joint debtors, none where that one must not be asked."""
        if party in self.gone or self.locked.hold(due.row.office, due.row.item, party):
            return None
        return self.book.towards(due, party)

    def _without_small(self, due: list[Due]) -> tuple[list[Due], list[Left]]:
        """Leave out what is too small for its step: all of one law together, with its charges (Kleinbetrag)."""
        kept: list[Due] = []
        left: list[Left] = []
        for (name, kind), group in by_profile(due):
            law = self.book.claim_law(name)
            if law is not None and kind != "mahnung":
                self.book.note(law.enforced_findings)
            least = law.least_cents(kind) if law is not None else 0
            if least and sum([one.row.open_cents + one.charge_cents + one.lump_cents for one in group]) < least:
                left += [Left(one.row.office, one.row.item, "small") for one in group]
            else:
                kept += group
        return kept, left

    def _letters(self, due: list[Due]) -> Iterator[LetterDraft]:
        if len(due) == 1:  # most letters: nothing to sort
            yield self._letter(letter_of(due[0]), due)
            return
        for kind, group in groupby(sorted(due, key=letter_of), key=letter_of):
            yield self._letter(kind, sorted(group, key=place))

    def _letter(self, kind: tuple[str, str, int], items: list[Due]) -> LetterDraft:
        first = items[0]
        party, profile, level = first.row.number, first.row.profile, first.level
        assert party is not None, "what nobody owes is left out"
        if len(items) > 1:
            profile = profile if {one.row.profile for one in items} == {profile} else None
            level = max([one.level for one in items])
        return LetterDraft(party, kind[0], kind[1], profile, level, tuple(items), tuple(fees_of(items, self.book)))

    def _note(self, first: Overdue, letters: list[LetterDraft]) -> None:
        owed = self.credits.get(first.number or 0, 0)
        if first.town and not owed:
            return
        count = sum(len(letter.items) for letter in letters)
        total = sum(letter.open_cents for letter in letters)
        if not first.town:
            self.findings.append(NoAddressError(party=first.party or "", count=count, sum_cents=total))
        if owed:
            self.findings.append(SetOffError(party=first.party or "", credit_cents=owed, sum_cents=total))

    def all_findings(self) -> tuple[KasseError, ...]:
        """Return everything that wants to be looked at, warnings of the law once each."""
        unknown = [UnknownLawError(profile=name, count=count) for name, count in sorted(self.unknown.items())]
        return (*unknown, *self.book.warnings(), *self.findings)


def _with(main: Due | None, row: Overdue) -> Due | Left:
    """Return a side claim as what its main claim became."""
    if main is None:
        return Left(row.office, row.item, "main_left_out")
    return Due(row._replace(number=main.row.number), main.step, main.level, 0, None, main.limitation_end)


_OF_ONE = frozenset(("barred", "locked", "insolvent", "dead"))  # of joint debtors: § 425 BGB, §§ 43, 89 InsO
