"""Which form the current versions want: the order of elements, names of other versions, how day and count are given."""

from __future__ import annotations

from collections.abc import Iterator

from sepa.errors import N_, KasseError, Place
from sepa.pain_values import ForeignBatch, ForeignPayment, PaymentFile
from sepa.rules.catalogue import Rule
from sepa.rules.foreign_errors import ElementOutsideError

CURRENT = {"pain.001": "pain.001.001.09", "pain.008": "pain.008.001.08"}
OTHER_ACCOUNT = "SMNDA"
MAX_COUNT_DIGITS = 15


class DayTwiceError(KasseError):
    """An execution day given as a date and as a time."""

    code = "day.twice"
    template = N_("the execution day stands there twice, as Dt and as DtTm")
    hint = N_("keep Dt; DtTm is for instant transfers at a certain time")


class DayBareError(KasseError):
    """An execution day in the form of older versions."""

    code = "day.bare"
    template = N_("the execution day {value} stands in ReqdExctnDt itself, this version has it in Dt")
    hint = N_("write it as ReqdExctnDt/Dt")


class OldBankTagError(KasseError):
    """A BIC under the name that it has in older versions."""

    code = "bank.old_tag"
    template = N_("the BIC {value} stands in BIC, this version has it in BICFI")
    hint = N_("rename the element to BICFI")


class CountLengthError(KasseError):
    """A number of payments with too many digits."""

    code = "total.count_length"
    template = N_("the number of payments has {length} digits, at most 15 are allowed")
    hint = N_("write it without leading zeros")


class SecondHeadError(KasseError):
    """A second head in one file."""

    code = "message.second_head"
    template = N_("the file has a second head (GrpHdr), which was not read")
    hint = N_("make a file of each message; these must not be sent as one")


class ElementOrderError(KasseError):
    """An element behind one that it has to precede."""

    code = "element.order"
    template = N_("{element} stands behind {before}, it has to stand before it")
    hint = N_("put the elements into the order of the message; banks reject the file otherwise")


class AmendedAtBankError(KasseError):
    """The mark of another account, written where the bank of the account stands."""

    code = "mandate.amended_at_bank"
    template = N_("the mandate {mandate_id} has SMNDA at the debtor's old bank, it belongs to the old account")
    hint = N_("write it into OrgnlDbtrAcct/Id/Othr/Id and leave OrgnlDbtrAgt out")


class FlagFormError(KasseError):
    """A yes or no in another form than the schema has for it."""

    code = "element.flag"
    template = N_("{element} is {value}, allowed are true and false")
    hint = N_("write true or false, or leave the element out")


def flag_problem(value: str, element: str) -> Iterator[KasseError]:
    """Yield where a yes or no is neither (XML schema: boolean); none at all is right."""
    if value not in {"", "true", "false", "1", "0"}:
        yield FlagFormError(element=element, value=value, place=Place(field=element, value=value))


def order_problems(value: PaymentFile | ForeignBatch | ForeignPayment, head: PaymentFile) -> Iterator[KasseError]:
    """Yield what stands in the wrong order; only the current versions are asked."""
    if head.message in CURRENT.values():
        for element, before in value.misplaced:
            yield ElementOrderError(element=element, before=before, place=Place(field=element))


def batch_forms(batch: ForeignBatch, head: PaymentFile) -> Iterator[KasseError]:
    """Yield what has another form than the current version wants, in the head of a batch."""
    yield from order_problems(batch, head)
    if head.message not in CURRENT.values():
        return
    yield from _old_tags(batch.old_bic)
    if head.debits:
        for form in filter(None, batch.day_forms):
            yield ElementOutsideError(element=form, place=Place(field=f"ReqdColltnDt/{form}"))
        return
    place = Place(field="ReqdExctnDt", value=batch.day)
    if "" in batch.day_forms:
        yield DayBareError(value=batch.day, place=place)
    if len(batch.day_forms) > 1:
        yield DayTwiceError(place=place)


def payment_forms(payment: ForeignPayment, head: PaymentFile) -> Iterator[KasseError]:
    """Yield what has another form than the current version wants, in a payment."""
    yield from order_problems(payment, head)
    if head.message not in CURRENT.values():
        return
    yield from _old_tags(payment.old_bic, payment.original_old_bic)
    if payment.original_bank_id == OTHER_ACCOUNT:
        place = Place(field="OrgnlDbtrAgt", value=OTHER_ACCOUNT)
        yield AmendedAtBankError(mandate_id=payment.mandate_id, place=place)


def count_problem(count: str) -> KasseError | None:
    """Say whether a number of payments (NbOfTxs) has too many digits."""
    if len(count) <= MAX_COUNT_DIGITS:
        return None
    return CountLengthError(length=len(count), place=Place(field="NbOfTxs", value=count))


def _old_tags(*bics: str) -> Iterator[KasseError]:
    for bic in filter(None, bics):
        yield OldBankTagError(value=bic, place=Place(field="BIC", value=bic))


FORM_RULES: tuple[Rule, ...] = (
    Rule(DayTwiceError, "Anlage 3, GBIC_5: DateAndDateTime2Choice", "batch"),
    Rule(DayBareError, "Anlage 3, GBIC_5: DateAndDateTime2Choice", "batch"),
    Rule(OldBankTagError, "Anlage 3, GBIC_5: BICFI", "field"),
    Rule(CountLengthError, "Anlage 3, GBIC_5: Max15NumericText", "message"),
    Rule(SecondHeadError, "Anlage 3, GBIC_5: one GrpHdr", "message"),
    Rule(ElementOrderError, "Anlage 3, GBIC_5: sequences", "field"),
    Rule(FlagFormError, "Anlage 3, GBIC_5: boolean", "field"),
    Rule(AmendedAtBankError, "EPC130-08, Anlage 3", "payment"),
)
