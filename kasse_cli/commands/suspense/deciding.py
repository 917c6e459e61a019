"""`kasse suspense assign|split|forward|refund|undo`: where the money goes, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kasse_cli.commands.suspense.params import (
    AccountOption,
    AmountOfCasesError,
    AmountOfSeveralError,
    AmountOption,
    AnyCaseArgument,
    BatchOption,
    CaseArgument,
    CaseOfficeOption,
    CaseOrListError,
    CasesArgument,
    DespiteOption,
    EntryOption,
    IbanOption,
    ItemsOption,
    LastOption,
    LeaveRestOption,
    ListedOptionError,
    ListOption,
    NoTargetError,
    PartOfSeveralError,
    PartOption,
    PayeeOption,
    PayerKindOption,
    SheetOption,
    SurplusOption,
    TargetsArgument,
    ToOfficeOption,
    TransitOption,
    TwoAmountsError,
    UndoWhatError,
    WhyOption,
)
from kasse_cli.context import Context
from kasse_cli.desk import listed_decisions, take
from sepa.money import parse_amount

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.bank.suspense import Wish


def assign(
    ctx: Context,
    case: AnyCaseArgument = None,
    references: TargetsArgument = None,
    items: ItemsOption = None,
    amount: AmountOption = None,
    part: PartOption = None,
    surplus: SurplusOption = None,
    payer_kind: PayerKindOption = None,
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Assign unclear money to one open item or several, or by a list with the columns case, reference, amount.

    Without an amount it takes what is open on the item and left in the case. What is over stays unclear, unless
    --surplus credit makes it a credit of the person. With --part it is the money of one part of a collective credit.
    """
    from ledger.bank.suspense_decisions import Assign

    if list_ is not None:
        _no_cases("assign", case, references, items)
        _not_listed(amount=amount, part=part)
        given = {"surplus": surplus is not None, "payer_kind": payer_kind, "office": office}
        listed_decisions(ctx, "assign", list_, sheet, given)
        return
    if case is None:
        raise CaseOrListError(verb="assign")
    wishes = _wishes(case, [*(items or ()), *(references or ())], amount, part)
    take(ctx, [Assign(case, tuple(wishes), office, surplus is not None, payer_kind)])


def split(
    ctx: Context,
    case: CaseArgument,
    list_: ListOption,
    leave_rest: LeaveRestOption = False,
    payer_kind: PayerKindOption = None,
    office: CaseOfficeOption = None,
    sheet: SheetOption = None,
) -> None:
    """Assign the money of a payer for many by the list it sent: the columns are reference and amount.

    Every row is applied, or none. The rows must sum to what the case holds, unless --leave-rest leaves what is over.
    """
    from kasse_cli.desk_lists import read_rows, wishes
    from ledger.bank.suspense_decisions import Split

    if list_ is None:
        raise CaseOrListError(verb="split")
    rows = read_rows(ctx.obj, "split", list_, sheet)
    decision = Split(case, wishes(rows), office, leave_rest, payer_kind)
    take(ctx, [decision], rows.listed, rows.findings)


def forward(
    ctx: Context,
    case: AnyCaseArgument = None,
    reason: WhyOption = "",
    to_office: ToOfficeOption = None,
    account: AccountOption = None,
    payee: PayeeOption = None,
    iban: IbanOption = None,
    transit: TransitOption = False,
    amount: AmountOption = None,
    part: PartOption = None,
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Pass money on that is another's: to an account of an office, to money in transit, or to another authority.

    To the account of another authority it is paid by an order, which others certify, approve and accept.
    """
    from ledger.bank.suspense_decisions import Forward
    from ledger.bank.suspense_forward_store import ForwardWhereError

    if list_ is not None:
        _no_cases("forward", case)
        _not_listed(amount=amount, part=part)
        where = {"to_office": to_office, "account": account, "payee": payee, "iban": iban}
        given = {"reason": reason, "office": office, **where}
        listed_decisions(ctx, "forward", list_, sheet, given)
        return
    if case is None:
        raise CaseOrListError(verb="forward")
    if transit == bool(to_office or account or payee or iban):
        raise ForwardWhereError(number=case)
    take(ctx, [Forward(case, reason, to_office, account, payee, iban, amount, office, part=part)])


def refund(
    ctx: Context,
    cases: CasesArgument = None,
    reason: WhyOption = "",
    amount: AmountOption = None,
    part: PartOption = None,
    despite_debts: DespiteOption = False,
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Pay money back to the account it came from, and only there, by an order.

    Others certify, approve and accept it; the money of the case is bound meanwhile. What the payer owes comes first.
    Of a collective credit with several payers --part says which one gets back the money of that part.
    """
    from ledger.bank.suspense_decisions import Refund

    if list_ is not None:
        _no_cases("refund", *(cases or ()))
        _not_listed(amount=amount, part=part)
        given = {"reason": reason, "despite": despite_debts, "office": office}
        listed_decisions(ctx, "refund", list_, sheet, given)
        return
    if not cases:
        raise CaseOrListError(verb="refund")
    if amount is not None and len(cases) > 1:
        raise AmountOfCasesError(count=len(cases))
    if part is not None and len(cases) > 1:
        raise PartOfSeveralError(count=len(cases))
    take(ctx, [Refund(case, reason, amount, despite_debts, office, part=part) for case in cases])


def undo(
    ctx: Context,
    cases: CasesArgument = None,
    reason: WhyOption = "",
    last: LastOption = False,
    entry: EntryOption = None,
    batch: BatchOption = None,
    office: CaseOfficeOption = None,
    list_: ListOption = None,
    sheet: SheetOption = None,
) -> None:
    """Take back what was decided: of cases, of a list, or of one entry, also one that was matched by itself.

    Nothing is deleted: mirror entries are posted on the first open day, items are open again with their old due day,
    and the money is unclear again.
    """
    from ledger.bank.suspense_decisions import Decision, Undo, UndoBatch, UndoEntry

    if sum(map(bool, (cases, entry, batch, list_))) != 1:
        raise UndoWhatError
    if list_ is not None:
        given = {"reason": reason, "last": last, "office": office}
        listed_decisions(ctx, _undo_verb(ctx, list_, sheet), list_, sheet, given)
        return
    decisions: list[Decision] = [Undo(case, reason, last, office) for case in cases or ()]
    if entry is not None:
        decisions.append(UndoEntry(entry, reason))
    if batch is not None:
        decisions.append(UndoBatch(batch, reason))
    take(ctx, decisions)


def _undo_verb(ctx: Context, path: Path, sheet: str | None) -> str:
    """Return whether the list names cases or entries, by its heading."""
    from kasse_cli.desk_lists import has_column

    return "undo entry" if has_column(ctx.obj, path, sheet, "entry") else "undo"


def _no_cases(verb: str, *named: object) -> None:
    if any(named):
        raise CaseOrListError(verb=verb)


def _not_listed(**options: object) -> None:
    """Refuse options that say one thing of one case beside a list."""
    for name, value in options.items():
        if value is not None:
            raise ListedOptionError(option=f"--{name}", column=name)


def _wishes(case: int, texts: list[str], amount_cents: int | None, part: int | None) -> list[Wish]:
    """Return what was typed as wishes: REFERENCE, REFERENCE=AMOUNT, or one REFERENCE with --amount.

    Raises `NoTargetError`, `AmountOfSeveralError`, `TwoAmountsError` and `InvalidAmountError`.
    """
    from ledger.bank.suspense import Wish

    if not texts:
        raise NoTargetError(number=case)
    if amount_cents is not None and len(texts) > 1:
        raise AmountOfSeveralError(count=len(texts))
    if amount_cents is not None and "=" in texts[0]:
        raise TwoAmountsError(text=texts[0])
    wishes = []
    for text in texts:
        target, mark, amount = text.partition("=")
        wishes.append(Wish(target, parse_amount(amount) if mark else amount_cents, part=part))
    return wishes
