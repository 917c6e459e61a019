"""What a reviewer is warned of, payment by payment; none of it stops a run by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ledger.payments.runs import Payment, TextChangedError
from sepa.errors import N_, KasseError


class PaidBeforeError(KasseError):
    """An earlier payment went to the same account with the same amount and text."""

    code = "payment.paid_before"
    template = N_("run {run} has paid {amount_cents} to {iban} with the same text")
    hint = N_("check whether it is paid twice")
    severity = "warning"


class VoidedTwinError(KasseError):
    """An earlier payment of the same item, or alike, was given up: the bank must really not have paid it."""

    code = "payment.voided_twin"
    template = N_("run {run} held {amount_cents} to {iban} with the same text and was given up")
    hint = N_("see that the bank never debited it: 'kasse payment show {run}' and the statements since then")
    severity = "warning"


class SameInvoiceError(KasseError):
    """The same payee, amount and reference as another payment, perhaps to another account."""

    code = "payment.same_invoice"
    template = N_("run {run} pays {name} {amount_cents} for the same reference {reference}")
    hint = N_("check whether one invoice came twice")
    severity = "warning"


class NewIbanError(KasseError):
    """Nothing was ever paid to this account for this payee."""

    code = "payment.new_iban"
    template = N_("{name} is paid to {iban} for the first time")
    hint = N_("compare the account with the invoice or the notice; the bank checks the name")
    severity = "warning"


class ChangedIbanError(KasseError):
    """The payee was paid to another account until now."""

    code = "payment.changed_iban"
    template = N_("{name} was paid to {before} until now, this payment goes to {iban}")
    hint = N_("ask the payee on a way that you know from before, not by the letter that names the account")
    severity = "warning"


class HighAmountError(KasseError):
    """A payment above the amount that the Kasse looks at twice."""

    code = "payment.high"
    template = N_("a payment of {amount_cents}, from {limit_cents} on it is looked at twice")
    hint = N_("look at the order; the amount is set with 'kasse payment profile --high'")
    severity = "warning"


class LockedSinceError(KasseError):
    """The item or its party was locked after the run was proposed."""

    code = "payment.locked_since"
    template = N_("item {item} of office {office} was locked against payment: {reason}")
    hint = N_("take it out with 'kasse payment change {run} --without {line} --reason …'")
    severity = "warning"


class ChangingSinceError(KasseError):
    """An order that cancels the item or makes it less came after the run was proposed."""

    code = "payment.changing_since"
    template = N_("item {item} of office {office} is not to be paid: the order {change} cancels or reduces it")
    hint = N_("take it out with 'kasse payment change {run} --without {line} --reason …', or object to {change}")
    severity = "warning"


class AttachedSinceError(KasseError):
    """Somebody got a right to the payee's money after the run was proposed."""

    code = "payment.attached_since"
    template = N_("{creditor} has a right to the money of {name} since the run was proposed (attachment {number})")
    hint = N_("take it out with 'kasse payment change {run} --without {line} --reason …' and propose it again")
    severity = "warning"


class AttachmentEndedSinceError(KasseError):
    """The right that a payment goes out for has ended since the run was proposed."""

    code = "payment.attachment_ended"
    template = N_("attachment {number} has ended on {day}: nothing more is paid to {creditor} for it")
    hint = N_("take it out with 'kasse payment change {run} --without {line} --reason …' and propose the item again")
    severity = "warning"


class FreedError(KasseError):
    """A right to the payee's money was ended not long ago, by one person."""

    code = "payment.freed"
    template = N_("attachment {number} of {creditor} against {name} was ended on {day} by {user}: {reason}")
    hint = N_("look at the paper that ended it before this money leaves: 'kasse attachment list --all'")
    severity = "warning"


class OwesError(KasseError):
    """The payee owes something that is due and was not set off."""

    code = "payment.owes"
    template = N_("{name} owes {owed_cents} that is due and is not set off")
    hint = N_("see 'kasse payment set-off'; take the payment out with 'kasse payment change {run} --without {line}'")
    severity = "warning"


class NameDiffersError(KasseError):
    """The bank said before that name and account do not match."""

    code = "payment.name_differs"
    template = N_("the bank answered {status} to {name} at {iban}: {found}")
    hint = N_("clarify the name with the payee; see 'kasse payment vop list'")
    severity = "warning"


class VerifiedError(KasseError):
    """The bank confirmed name and account before."""

    code = "payment.verified"
    template = N_("the bank confirmed name and account of {name} on {day}")
    hint = N_("nothing to do")
    severity = "info"


class ManyAlikeError(KasseError):
    """Many payments with the same warning; the list names each of them."""

    code = "payment.many_alike"
    template = N_("{count} more payments with the same warning: {word}")
    hint = N_(
        "the list of the run names the warnings of every payment: 'kasse payment review {run} --warned', or with --xlsx"
    )
    severity = "warning"


WORDS: Mapping[str, str] = {
    "payment.paid_before": N_("duplicate"),
    "payment.same_invoice": N_("duplicate"),
    "payment.twin": N_("duplicate"),
    "payment.voided_twin": N_("given up before"),
    "payment.paid_perhaps": N_("perhaps paid"),
    "payment.paid_perhaps_staged": N_("perhaps paid"),
    "payment.item_paid_before": N_("paid before"),
    "payment.returned_by_hand": N_("returned before"),
    "payment.returned_before": N_("returned before"),
    "payment.refused_before": N_("refused before"),
    "payment.locked_since": N_("locked"),
    "payment.changing_since": N_("changing"),
    "payment.attached_since": N_("attached"),
    "payment.attachment_ended": N_("attachment ended"),
    "payment.freed": N_("attachment ended"),
    "payment.changed_iban": N_("changed IBAN"),
    "payment.name_differs": N_("name differs"),
    "payment.new_iban": N_("new IBAN"),
    "payment.attached": N_("attached"),
    "payment.owes": N_("owes"),
    "payment.high": N_("high"),
    "payment.to_self": N_("own account"),
    "payment.purpose_omitted": N_("purpose"),
    "payment.text_changed": N_("letters"),
}
"""What stands in a list for a finding about one payment, the gravest first; others stand there by their code."""
_WEIGHT = {code: place for place, code in enumerate(WORDS)}
_FRESH = ("payment.new_iban", "payment.changed_iban")


def marked(payments: Iterable[Payment], findings: Iterable[KasseError]) -> tuple[Payment, ...]:
    """Return the payments, each with the words for what was noticed about it, in the order of the findings."""
    words: dict[str, dict[str, None]] = {}
    for finding in findings:
        if finding.severity != "info" and finding.place.payment is not None:
            word = WORDS.get(finding.code, finding.code)
            words.setdefault(finding.place.payment, {})[word] = None
    return tuple(
        replace(one, warnings=tuple(words[one.end_to_end_id])) if one.end_to_end_id in words else one
        for one in payments
    )


class KnownLettersError(TextChangedError):
    """Letters that the bank writes otherwise, in a payment to an account that was paid before."""

    severity = "info"


def weighed(findings: Iterable[KasseError]) -> list[KasseError]:
    """Return the findings, what concerns the whole run and the gravest first.

    Letters written as the bank takes them are a note where the account was paid for that payee before.
    """
    found = list(findings)
    fresh = {one.place.payment for one in found if one.code in _FRESH}
    lighter = (
        KnownLettersError(was=one.fields["was"], now=one.fields["now"], place=one.place)
        if one.code == TextChangedError.code and one.place.payment not in fresh
        else one
        for one in found
    )
    return sorted(lighter, key=lambda one: _WEIGHT.get(one.code, -1))


LISTED = 100
"""So many findings of one kind are named one by one, and of those that are but letters: see `_FEW`."""
_FEW = {"payment.text_changed": 3, "payment.purpose_omitted": 3}


def condensed(findings: Iterable[KasseError], run: int) -> tuple[KasseError, ...]:
    """Return the findings, of each kind the first hundred, of letters the first three, and a count of the others."""
    seen: Counter[str] = Counter()
    kept, kinds = [], {}
    for finding in findings:
        seen[finding.code] += 1
        kinds[finding.code] = finding
        if seen[finding.code] <= _FEW.get(finding.code, LISTED):
            kept.append(finding)
    for code, count in seen.items():
        more = count - _FEW.get(code, LISTED)
        if more > 0 and kinds[code].severity != "info":
            kept.append(ManyAlikeError(count=more, word=WORDS.get(code, code), run=run))
    return tuple(kept)
