"""Why an entry made by hand is refused, and the way out of each refusal."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.book.chart import BANK, CASH_ROLES, CONTROL_ROLES, VERRECHNUNG
from sepa.errors import N_, KasseError


class KeptAccountError(KasseError):
    """An account whose balance something else explains: open items, a bank, another office, a run."""

    code = "journal.kept_account"
    template = N_("account {account} of office {office} is not posted to by hand: its use is {role}")
    hint = N_("use an account without items, banks or runs behind it")


class ItemAccountError(KeptAccountError):
    """A control account of claims, payables or credits."""

    code = "journal.kept_items"
    hint = N_("claims and payables come from orders: 'kasse order import'; 'kasse order change' and 'kasse order "
              "cancel' take them off, 'kasse item list' shows what is open")  # fmt: skip


class ClearingAccountError(KeptAccountError):
    """The account of unclear money, received or paid out."""

    code = "journal.kept_suspense"
    hint = N_("unclear money is cleared case by case: 'kasse suspense list'")


class BankAccountError(KeptAccountError):
    """An account at a bank."""

    code = "journal.kept_bank"
    hint = N_("bank accounts follow the statements: 'kasse reconcile'; book money on its way to another account as "
              "Geldtransit")  # fmt: skip


class BetweenAccountError(KeptAccountError):
    """An account of the Verrechnung between two offices."""

    code = "journal.kept_between"
    hint = N_("name the accounts of both offices, as BAU:6100 and KASSE:5900; kasse adds the lines between them")


class TransitAccountError(KeptAccountError):
    """An account of payments or collections on their way."""

    code = "journal.kept_transit"
    hint = N_("payment runs and collections post here; 'kasse payment list' and 'kasse collection list' show them")


class CashAccountError(KeptAccountError):
    """An account of a cash desk, an imprest fund, or of cash on its way."""

    code = "journal.kept_cash"
    hint = N_("cash follows receipts, counts and deposits: see 'kasse cash list' and 'kasse cash show'")


KEPT: Mapping[str, type[KeptAccountError]] = {
    **dict.fromkeys(CONTROL_ROLES, ItemAccountError),
    "suspense": ClearingAccountError,
    "advance": ClearingAccountError,
    "shortage": ClearingAccountError,
    BANK: BankAccountError,
    VERRECHNUNG: BetweenAccountError,
    "transit_out": TransitAccountError,
    "transit_in": TransitAccountError,
    **dict.fromkeys(CASH_ROLES, CashAccountError),
}
"""Roles of accounts that are not posted to by hand, and the way out of each."""


class TransitInClosingError(KasseError):
    """Money under way between own accounts, in period 13, which moves no money and which nobody explains."""

    code = "journal.transit_closing"
    template = N_("account {account} of office {office} holds money under way: period 13 takes no entry on it")
    hint = N_("book it on the day the bank did, in an open month")


class UnbalancedLinesError(KasseError):
    """An entry whose debits and credits differ."""

    code = "journal.unbalanced"
    template = N_("debits {debit_cents} and credits {credit_cents} of the entry differ by {difference_cents}")
    hint = N_("debits and credits of all offices together must be equal")


class TooFewLinesError(KasseError):
    """An entry with less than two lines."""

    code = "journal.lines"
    template = N_("an entry needs a debit and a credit")
    hint = N_("give the account that gets with --debit and the one that gives with --credit; in a list, a row each")


class NoAmountError(KasseError):
    """A line without an amount, or with an amount on both sides."""

    code = "journal.amount"
    template = N_("a line has an amount above zero either as debit or as credit")
    hint = N_("fill in one of the two; to turn a line round, put the amount on the other side")


class NoDocumentError(KasseError):
    """An entry without the paper behind it (VV BayHO Art. 75: every entry needs a Beleg)."""

    code = "journal.document"
    template = N_("no document is named")
    hint = N_("say where the paper behind the entry is, at most 140 characters, such as 'Vermerk 12.11.2026'")


class LongTextError(KasseError):
    """An entry with more words than the journal holds."""

    code = "journal.text_long"
    template = N_("the text has {length} characters, at most {most} are possible")
    hint = N_("say it shorter, the paper behind it says the rest")


class LongDocumentError(KasseError):
    """A document with a longer name than the journal holds."""

    code = "journal.document_long"
    template = N_("the document has {length} characters, at most {most} are possible")
    hint = N_("name the paper shorter: where it is, not what it says")


class NoTextError(KasseError):
    """An entry without words."""

    code = "journal.text"
    template = N_("no text is given")
    hint = N_("say in at most 500 characters what is posted and why")


class FutureEntryError(KasseError):
    """An entry dated after today."""

    code = "journal.future"
    template = N_("{day} lies in the future")
    hint = N_("post it on the day, or today")


class ContradictingRowsError(KasseError):
    """Rows of one entry with different days, texts or documents."""

    code = "journal.contradiction"
    template = N_("rows of the entry {entry} differ in {column}")
    hint = N_("day, text and document belong to the whole entry: write them once, or the same in each row")


class PostedAlreadyError(KasseError):
    """The same entry with the same document once more."""

    code = "journal.again"
    template = N_("the same entry with this document is posted already: {entry}")
    hint = N_("if it is meant twice, post it with --again")


class RefusedEntriesError(KasseError):
    """Entries with findings, of which none was posted."""

    code = "journal.refused"
    template = N_("nothing was posted; findings: {count}")
    hint = N_("mend them and post again: all entries or none")
