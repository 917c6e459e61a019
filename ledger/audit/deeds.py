"""Which decisions need which role, by what the event log calls them; an audit compares them with the roles held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Deeds = Mapping[str, tuple[str, ...]]
"""Actions of events, and the roles of which the person must have held one."""
_CLOSERS, _HEADS = ("clerk", "head"), ("head",)
_ADMINS, _KEEPERS = ("admin",), ("head", "admin")
_PAYERS, _RELEASERS, _CONFIRMERS = ("payments",), ("releaser",), ("releaser", "head")
_BY_TWO = ("booked", "returned", "unbooked")
_DESK: Deeds = {
    **dict.fromkeys(("assign", "split", "forward", "refund", "hold", "reserve"), ("clerk", "head")),
    **dict.fromkeys(("executed", "returned", "collected"), ("payments", "releaser")),
    "undo": ("clerk", "head", "releaser"),
}
_RUN: Deeds = {
    "propose": ("payments", "machine"), "review": _PAYERS, "change": _PAYERS, "release": _RELEASERS, "export": _PAYERS,
    "export_again": _PAYERS, "discard": ("payments", "releaser"), "ask_void": ("payments", "releaser"),
    "void": _RELEASERS,
}  # fmt: skip
DEEDS: Deeds = {
    **{f"{run}.{step}": roles for run in ("payment", "collection") for step, roles in _RUN.items()},
    **{f"payment.ask_{what}": _PAYERS for what in _BY_TWO},
    **{f"payment.agree_{what}": _RELEASERS for what in _BY_TWO},
    **{f"{kind}.{verb}": roles for kind in ("suspense", "advance") for verb, roles in _DESK.items()},
    **{f"{kind}.undo_match": ("clerk",) for kind in ("suspense", "advance", "bank")},
    **{f"{kind}.{step}": _CLOSERS for kind in ("day", "month", "year") for step in ("close", "prepare")},
    **{f"{kind}.confirm": _HEADS for kind in ("day", "month", "year")},
    "attachment.confirm": _CONFIRMERS,
    **{f"bank_account.{verb}": _HEADS for verb in ("add", "change", "close", "reopen", "balance")},
    "book.erase_confirm": _KEEPERS,
    "book.erase_propose": _KEEPERS,
    "cash.cancel": ("head", "cashier"),
    "cash.certify": ("certifier",),
    "cash.confirm": ("head", "audit", "cashier", "clerk"),
    "cash.hand_over": _HEADS,
    "cash.reject_count": ("head", "cashier"),
    "cash.take_back": ("head", "cashier"),
    "cash.take_credit": ("head", "cashier"),
    "item.joint": ("cashier", "clerk", "enforcement", "head", "admin"),
    "item.set_off": ("clerk", "cashier", "payments", "head"),
    "item.set_off_undo": ("clerk", "cashier", "head"),
    "journal.post": ("clerk",),
    "journal.reverse": ("clerk",),
    "opening.sign": _KEEPERS,
    "order.object": ("approver", "cashier"),
    "party.merge_confirm": ("clerk", "enforcement", "head"),
    "payee.confirm": _CONFIRMERS,
    "refund.approve": ("cashier", "head"),
    "refund.ask": ("clerk", "payments", "head"),
    "rule.add": _HEADS,
    "rule.on": _HEADS,
    "statement.skip": _HEADS,
    "statement.skip_back": _HEADS,
    "user.add": _ADMINS,
    "user.deputy": _KEEPERS,
    "user.join_roles": _ADMINS,
    "user.limit": _ADMINS,
    "user.revoke": _ADMINS,
    "user.unlock": _ADMINS,
    "vop.rule_confirm": _CONFIRMERS,
}
"""Decisions of the ledger; enforcement names its own."""
STEPS: Deeds = {"certified": ("certifier",), "approved": ("approver",), "accepted": ("cashier",)}
"""Steps of orders, which stand in a table of their own."""


def listed(deeds: Deeds) -> str:
    """Return the actions as SQL lists them.

    >>> listed({"order.object": ("cashier",), "user.add": ("admin",)})
    "'order.object', 'user.add'"
    """
    return ", ".join(_quoted(deeds))


def _quoted(deeds: Deeds) -> Iterator[str]:
    for action in deeds:
        assert action.replace(".", "").replace("_", "").isalnum()
        yield f"'{action}'"
