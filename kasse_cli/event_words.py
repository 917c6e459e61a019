"""What the event log calls an action, in words: `letter.make` becomes "letter: made"."""

from __future__ import annotations

from kasse_cli.i18n import _
from sepa.errors import N_

OBJECTS = {
    "account": N_("account"), "advance": N_("advance"), "attachment": N_("attachment"), "bank": N_("bank entries"),
    "bank_account": N_("bank account"),
    "book": N_("book"), "cash": N_("cash desk"), "collection": N_("collection run"), "day": N_("day"),
    "db": N_("database"), "dimension": N_("dimensions"), "dunning": N_("dunning run"), "item": N_("item"),
    "journal": N_("journal"), "law": N_("law"), "letter": N_("letter"), "limitation": N_("limitation"),
    "lock": N_("lock"),
    "mandate": N_("mandate"), "month": N_("month"), "office": N_("office"), "opening": N_("take-over"),
    "order": N_("order"), "party": N_("party"), "payee": N_("payee"), "payment": N_("payment run"),
    "refund": N_("refund"), "relief": N_("relief"), "rule": N_("rule"), "scheme": N_("reference scheme"),
    "statement": N_("statement"), "suspense": N_("unclear money"), "user": N_("user"), "vop": N_("name check"),
    "year": N_("year"),
}  # fmt: skip
"""What an action was done to: its first part."""
VERBS = {
    "accept": N_("accepted"), "accept_batch": N_("batch accepted"), "account": N_("account noted"),
    "add": N_("added"), "added": N_("added"), "address": N_("address corrected"), "amend": N_("amended"),
    "announce": N_("announced"), "answer": N_("answered by the bank"), "approve": N_("approved"),
    "agree_booked": N_("debit named by two"), "agree_returned": N_("return named by two"),
    "agree_unbooked": N_("debit taken back by two"), "ask_booked": N_("debit named by one"),
    "ask_returned": N_("return named by one"), "ask_unbooked": N_("debit to be taken back"),
    "ask": N_("asked for"), "ask_recall": N_("recall asked for"), "ask_reversal": N_("reversal asked for"),
    "ask_balance": N_("balance asked for"), "balance": N_("balance entered"),
    "drop_balance": N_("balance dropped"),
    "ask_void": N_("void asked for"), "assign": N_("assigned"), "assign_list": N_("assigned by list"),
    "audit": N_("audited"), "backup": N_("saved"), "bounced": N_("returned unpaid"),
    "came_back": N_("came back"), "cancel": N_("cancelled"), "cards": N_("card payments arrived"),
    "certify": N_("certified"), "change": N_("changed"), "clear": N_("cleared"), "close": N_("closed"),
    "closed": N_("closed"), "coded": N_("coded"), "confirm": N_("confirmed"), "count": N_("counted"),
    "create": N_("created"), "credit": N_("credited by the bank"), "declare": N_("declaration given"),
    "deposit": N_("deposited"), "deputy": N_("deputy named"), "deputy_end": N_("deputy ended"),
    "details": N_("details read"), "discard": N_("discarded"), "draft": N_("drafted"),
    "drop": N_("taken away"), "end": N_("ended"),
    "erase_again": N_("erased again"), "erase_confirm": N_("erasing confirmed"),
    "erase_propose": N_("erasing proposed"),
    "erase_refuse": N_("erasing refused"), "exception": N_("small-office exception used"),
    "execute": N_("executed by the bank"), "export": N_("exported"), "export_again": N_("exported again"),
    "file": N_("filed"), "filed": N_("filed"), "fill": N_("filled up"), "forward": N_("forwarded"),
    "forward_list": N_("forwarded by list"),
    "general_take": N_("taken in by a general order"), "grant": N_("granted"), "guards": N_("guards changed"),
    "hand_over": N_("handed over"), "head": N_("letterhead changed"), "high": N_("limit for high amounts set"),
    "hold": N_("put off"), "hold_list": N_("put off by list"), "import": N_("imported"),
    "joint": N_("joint debtor noted"), "join_roles": N_("roles joined by exception"),
    "leitweg": N_("route of invoices set"), "lift": N_("lifted"), "limit": N_("limit set"), "lock": N_("locked"),
    "look_restricted": N_("restricted data looked at"), "make": N_("made"), "merge_confirm": N_("merging confirmed"),
    "merge_propose": N_("merging proposed"), "merge_refuse": N_("merging refused"), "move": N_("moved"),
    "not_open": N_("not open"), "note": N_("noted"), "note_list": N_("noted by list"), "object": N_("sent back"),
    "off": N_("switched off"), "on": N_("switched on"), "open": N_("opened"),
    "overdue": N_("days until payments are missed set"), "own": N_("taken over"),
    "paid_out": N_("paid out"), "pay": N_("paid out"), "payer": N_("address of the payer set"),
    "place": N_("place set"), "plans": N_("plans taken over"),
    "post": N_("posted"),
    "prepare": N_("prepared"), "events": N_("legal events taken over"),
    "print": N_("printed"), "profile": N_("bank profile set"), "propose": N_("proposed"), "read": N_("read"),
    "recall": N_("recall asked for"), "recall_answer": N_("recall answered"), "recall_file": N_("recall written"),
    "recall_refused": N_("recall refused"), "refund": N_("refund asked for"), "refuse": N_("refused"),
    "refund_list": N_("refund asked for by list"), "reject": N_("sent back"), "reject_count": N_("count rejected"),
    "rejected": N_("refused by the bank"),
    "release": N_("released"), "release_list": N_("released by list"), "request": N_("answer asked for"),
    "reserve": N_("reserved"), "reserve_list": N_("reserved by list"),
    "resume_list": N_("taken up again by list"), "rest": N_("not open"),
    "rest_back": N_("not open: taken back"),
    "restore": N_("restored"), "restrict": N_("restricted"), "restrict_lift": N_("restriction lifted"),
    "reopen": N_("opened again"),
    "resume": N_("resumed"), "return": N_("returned"), "returned": N_("returned"), "reverse": N_("reversed"),
    "reversed": N_("reversed"), "review": N_("reviewed"), "revoke": N_("revoked"), "rule": N_("rule made"),
    "rule_confirm": N_("rule confirmed"), "rule_end": N_("rule ended"), "serve": N_("served"), "set": N_("set"),
    "set_off": N_("set off"), "set_off_undo": N_("set-off undone"),
    "settle": N_("vouchers settled"), "setup": N_("set up"), "sign": N_("signed"),
    "skip": N_("numbers that the bank never gave"), "skip_back": N_("numbers that the bank never gave: taken back"),
    "small": N_("small amounts ended"), "split": N_("split"), "split_list": N_("split by list"),
    "standing_run": N_("standing order carried out"), "suspend": N_("suspended"), "switch": N_("switched"),
    "take": N_("taken in"), "take_back": N_("taken back"), "take_credit": N_("credit taken back"),
    "take_off": N_("taken off"),
    "template": N_("text changed"), "terminal": N_("card terminal set"), "terminal_end": N_("card terminal ended"),
    "there": N_("arrived at the bank"), "undo": N_("undone"), "undo_batch": N_("batch undone"),
    "undo_list": N_("undone by list"),
    "undo_match": N_("rule's assignment undone"), "unlock": N_("unlocked"), "upgrade": N_("upgraded"),
    "verify": N_("verified"), "void": N_("voided"), "watch": N_("looked after"), "withdraw": N_("withdrawn"),
    "withdraw_ask": N_("withdrawal asked for"), "withdraw_drop": N_("withdrawal dropped"),
    "format": N_("form set"),
}  # fmt: skip
"""What was done: the second part of an action."""
WHOLE = {
    "refused": N_("refused"), "cash.hold": N_("cash desk: given to its holder"), "letter.post": N_("letter: mailed"),
    "letter.return": N_("letter: came back"), "suspense.again": N_("unclear money: clarified by what came later"),
    "suspense.collected": N_("unclear money: taken as the credit of a collection run"),
    "suspense.executed": N_("unclear money: taken as the debit of a payment run"),
    "suspense.release": N_("unclear money: given back to all"),
    "suspense.reserve": N_("unclear money: reserved for somebody"),
    "suspense.resume": N_("unclear money: taken up again"),
    "suspense.returned": N_("unclear money: taken as what came back"),
}  # fmt: skip
"""Actions whose parts say something else elsewhere."""


def action_text(action: str) -> str:
    """Return an action in the reader's words; what has no word is shown by its name."""
    object_, dot, verb = action.partition(".")
    if action in WHOLE or not dot:
        return _(WHOLE.get(action, action))
    return f"{_(OBJECTS.get(object_, object_))}: {_(VERBS.get(verb, verb))}"


def who_text(by: str, principal: str | None) -> str:
    """Return who did something, and for whom where a deputy did it."""
    return by if principal is None else _(N_("{user}, acting for {principal}")).format(user=by, principal=principal)
