"""What stands against closing a day, a month or a year, and what is noted beside the protocol."""

from __future__ import annotations

from sepa.errors import N_, KasseError


class UnreadableProtocolError(KasseError):
    """A stored protocol that this program did not write."""

    code = "closing.unreadable"
    template = N_("the protocol of a closing cannot be read: kasse did not write it so")
    hint = N_("run 'kasse journal verify': it names the closing; then tell the audit office")


class FutureDayError(KasseError):
    """A day that is not over yet, or has not come."""

    code = "closing.future"
    template = N_("{day} lies in the future, today is {today}")
    hint = N_("close it when it has come")


class ClosingRefusedError(KasseError):
    """Findings stand against the closing; nothing was changed."""

    code = "closing.refused"
    template = N_("{day} cannot be closed, findings: {count}")
    hint = N_("settle the findings, then close again")


class NotClosedError(KasseError):
    """The day is still open."""

    code = "closing.not_closed"
    template = N_("{day} is not closed")
    hint = N_("close it with 'kasse day close --date {day}'")


class MonthNotClosedError(NotClosedError):
    """The month is still open."""

    code = "closing.month_not_closed"
    hint = N_("close it with 'kasse month close --month {day}'")


class YearNotClosedError(NotClosedError):
    """The year is still open."""

    code = "closing.year_not_closed"
    hint = N_("see what is missing: 'kasse year prepare --year {day} --dry-run'")


class DifferentHeadError(KasseError):
    """The book is not the one that was closed."""

    code = "closing.head"
    template = N_("the entries of office {office} are not those that were closed with protocol {number}")
    hint = N_("confirm nothing, run 'kasse journal verify' and inform the audit office")


class DifferentProtocolError(KasseError):
    """The stored protocol is not the one that was written when the day was closed."""

    code = "closing.protocol"
    template = N_("protocol {number} was changed after the day was closed")
    hint = N_("confirm nothing, run 'kasse journal verify' and inform the audit office")


class StagedEntriesError(KasseError):
    """Bank entries of the day wait to be posted."""

    code = "closing.staged"
    template = N_("{iban} has bank entries up to {day} that are not posted: {count}, together {sum_cents}")
    hint = N_("reconcile first: 'kasse reconcile' posts what is staged")


class MissingStatementError(KasseError):
    """An account has no statement of a banking day."""

    code = "closing.no_statement"
    template = N_("there is no statement of {iban} for {day}")
    hint = N_("import it, or give the reason: --no-statement {iban}=TEXT")


class BankDifferenceError(KasseError):
    """Books and bank disagree (invariant 3)."""

    code = "closing.difference"
    template = N_("{iban} has {balance_cents} in the books and {bank_cents} at the bank on {day}")
    hint = N_(
        "compare 'kasse journal list --account {account}' with the statement; if the account held money before its "
        "first statement in the book, two heads enter it: 'kasse bank balance {iban}'"
    )


class UnneededReasonError(KasseError):
    """A reason for a missing statement where the statement is there or the account is unknown."""

    code = "closing.reason"
    template = N_("{iban} needs no reason: it is no account of this book, or has a statement of {day}")
    hint = N_("leave out --no-statement for it")


class UnconfirmedDayError(KasseError):
    """A closing that waits for its second signature."""

    code = "closing.unconfirmed"
    template = N_("{day} is closed but not confirmed yet, protocol {number}")
    hint = N_("another person with the role head runs 'kasse day confirm --date {day}'")
    severity = "info"


class UnsignedDayError(KasseError):
    """A day without its second signature, in a month that is to be closed."""

    code = "closing.unsigned_day"
    template = N_("{day} is closed but not confirmed yet, protocol {number}")
    hint = N_("another person with the role head runs 'kasse day confirm --date {day}'")


class UnconfirmedMonthError(UnconfirmedDayError):
    """A closing of a month that waits for its second signature."""

    code = "closing.month_unconfirmed"
    hint = N_("another person with the role head runs 'kasse month confirm --month {day}'")


class UnsignedMonthError(KasseError):
    """A month without its second signature, in a year that is to be closed."""

    code = "closing.unsigned_month"
    template = N_("{day} is closed but not confirmed yet, protocol {number}")
    hint = N_("another person with the role head runs 'kasse month confirm --month {day}'")


class OpenDayError(KasseError):
    """A day of the month is not closed."""

    code = "closing.open_day"
    template = N_("the days from {day} on are not closed")
    hint = N_("close them with 'kasse day close --date {last}'")


class OpenMonthError(KasseError):
    """A month before the one to be closed, or of the year to be closed, is open."""

    code = "closing.open_month"
    template = N_("the month {month} is not closed")
    hint = N_("close it first: 'kasse month close --month {month}'")


class OpenYearError(KasseError):
    """The year before is open."""

    code = "closing.open_year"
    template = N_("the year {year} is not closed")
    hint = N_("close it first: 'kasse year prepare --year {year}'")


class ControlDifferenceError(KasseError):
    """A control account is not the sum of its open items (invariant 4)."""

    code = "closing.control"
    template = N_("account {account} of office {office} holds {balance_cents}, its open items come to {items_cents}")
    hint = N_("run 'kasse journal verify': one of the two was changed outside kasse")


class TransitDifferenceError(KasseError):
    """Money in transit that no run explains."""

    code = "closing.transit"
    template = N_("account {account} of office {office} holds {held_cents}, runs under way come to {under_way_cents}")
    hint = N_("compare 'kasse payment list' and 'kasse collection list' with 'kasse report account {account}'")


class UnexplainedBalanceError(KasseError):
    """Money between own accounts, or a Kassenfehlbetrag, that nobody has explained."""

    code = "closing.unexplained"
    template = N_("account {account} {name} of office {office} holds {balance_cents}: nothing in the book explains it")
    hint = N_("post what is missing, or say what it is: --explain {office}:{account}=TEXT")


class BetweenDifferenceError(KasseError):
    """Two offices that disagree about what is between them."""

    code = "closing.between"
    template = N_("the Verrechnung of {office} and {other} differs by {difference_cents}")
    hint = N_("run 'kasse journal verify': entries of two offices are always written together")


class OldUnclearError(KasseError):
    """Unclear money that waits for longer than it should."""

    code = "closing.old_unclear"
    template = N_("unclear for more than {days} days: {count} cases of kind {kind}, together {sum_cents}")
    hint = N_("decide on them: 'kasse suspense list' shows the oldest first")
    severity = "warning"


class UncarriedResultError(KasseError):
    """An account of income or expense that is not carried to the result."""

    code = "closing.uncarried"
    template = N_("account {account} of office {office} still holds {balance_cents} of the year")
    hint = N_("carry it over: 'kasse year prepare --year {year}'")


class NoResultAccountError(KasseError):
    """An office without an account for the result of the year."""

    code = "closing.no_result"
    template = N_("office {office} has no account for the result of the year")
    hint = N_("add one of kind equity: 'kasse account add --office {office} --role result' and its number and name")


class NotPreparedError(KasseError):
    """A year that nobody has prepared."""

    code = "closing.not_prepared"
    template = N_("the year {year} is not prepared")
    hint = N_("prepare it with 'kasse year prepare --year {year}'; another person closes it")


class ChangedSinceError(KasseError):
    """A year whose figures are not those that were prepared."""

    code = "closing.changed"
    template = N_("the year {year} is not what it was when {user} prepared it")
    hint = N_("prepare it again with 'kasse year prepare --year {year}', look at it, then close it")
