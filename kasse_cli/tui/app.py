"""The clarification desk on the full screen: the case on the left, what it may be for on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kasse_cli.i18n import _
from kasse_cli.tui import decisions as forms
from kasse_cli.tui.forms import Form, FormScreen
from kasse_cli.tui.session import Session
from kasse_cli.tui.words import candidate_text, case_text, done_text, filter_text, progress_text, refusal
from ledger.bank.candidates import Candidate
from ledger.bank.parts import UnclearPart, unclear_parts
from ledger.bank.suspense_decisions import Decision, Hold, Release, Reserve
from ledger.bank.suspense_payers_store import UnknownPayerError
from ledger.bank.suspense_payout_store import RefundAdvanceError
from ledger.bank.suspense_worklist import WorkCase
from sepa.errors import N_, KasseError

KEYS = (
    ("a", "assign", N_("assign")), ("n", "next", N_("next")), ("b", "previous", N_("back")), ("h", "hold", N_("hold")),
    ("r", "reserve", N_("reserve")), ("p", "refund", N_("pay back")), ("f", "forward", N_("forward")),
    ("o", "note", N_("note")), ("u", "undo", N_("undo last")), ("slash", "search", N_("search")),
    ("l", "filter", N_("filter")), ("q", "quit", N_("quit")),
)  # fmt: skip
"""One key for each decision: the key, the action, the word below."""
NOTHING_LEFT = N_("Nothing is left to clear here.")
NOTHING_FITS = N_("No case is like that: press l or / and leave the fields empty to see all.")
MORE_KEYS: tuple[tuple[str, str], ...] = (
    ("right", "next"), ("left", "previous"), ("j", "text_down"), ("k", "text_up"),
    ("question_mark", "help"), ("f5", "reload"),
)  # fmt: skip


class DeskApp(App[KasseError]):
    """Clears unclear money case by case; every decision is taken by the services that the commands use.

    It ends with the error where the book itself can no longer be read.
    """

    TITLE = "kasse"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, action, "", show=False) for key, action, _word in KEYS),
        *(Binding(key, action, "", show=False) for key, action in MORE_KEYS),
    ]
    CSS = """
    #progress { height: 1; background: $primary; color: $text; text-style: bold; }
    #filter { height: 1; color: $warning; padding: 0 1; display: none; }
    #desk { height: 1fr; }
    #case { width: 50%; border-right: solid $primary; padding: 0 1; }
    #right { width: 50%; }
    #hints { height: auto; max-height: 60%; }
    #title { height: auto; padding: 0 1; color: $text-muted; }
    #candidates { height: 1fr; border: none; padding: 0; background: $background; }
    #candidates > .option-list--option { padding: 0 1; }
    #message { height: auto; max-height: 4; padding: 0 1; }
    #keys { height: auto; max-height: 4; padding: 0 1; background: $boost; }
    """

    def __init__(self, session: Session, user: str) -> None:
        super().__init__()
        self.session = session
        self.user = user
        self.candidates: tuple[Candidate, ...] = ()
        self.parts: tuple[UnclearPart, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the screen for 80 columns and 24 lines, and for more."""
        yield Static(id="progress")
        yield Static(id="filter")
        with Horizontal(id="desk"):
            with VerticalScroll(id="case", can_focus=False):
                yield Static(id="text")
            with Vertical(id="right"):
                with VerticalScroll(id="hints", can_focus=False):
                    yield Static(id="title")
                yield OptionList(id="candidates")
        yield Static(id="message")
        yield Static(id="keys")

    def on_mount(self) -> None:
        """Show the first case."""
        self.show_case(anew=True)
        self.query_one(OptionList).focus()

    def on_resize(self, event: Resize) -> None:
        """Lay the keys out for the width there is."""
        self.query_one("#keys", Static).update(_key_lines(event.size.width - 2))

    def show_case(self, said: Text | None = None, *, anew: bool = False) -> None:
        """Show the current case, what it may be for, and what was said last; `anew` reads the list before."""
        try:
            if anew:
                self.session.load()
            known = self.session.details()
            hints = self.session.hints(known[0]) if known is not None else ()
        except KasseError as error:
            self.exit(error)
            return
        case = self.session.current
        options = self.query_one(OptionList)
        options.clear_options()
        self.candidates, self.parts = (), ()
        narrowed = filter_text(self.session.wanted)
        text = Text(_(NOTHING_FITS if narrowed else NOTHING_LEFT))
        if known is not None and case is not None:
            details, found = known
            self.candidates, self.parts = tuple(found), tuple(unclear_parts(details.parts))
            text = case_text(case, details)
            options.add_options(Option(candidate_text(candidate)) for candidate in found)
            if found:
                options.highlighted = 0
        self.query_one("#text", Static).update(text)
        self.query_one("#title", Static).update(Text(_title(self.candidates, hints, shown=case is not None)))
        self.query_one("#progress", Static).update(progress_text(self.session.progress, self.user))
        line = self.query_one("#filter", Static)
        line.update(Text(f"{_('Filter')}: {narrowed}"))
        line.display = bool(narrowed)
        self.query_one("#message", Static).update(said or Text(""))
        self.query_one("#case", VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_selected(self) -> None:
        """Assign to the chosen candidate with Enter."""
        self.action_assign()

    def action_assign(self) -> None:
        """Assign the money to the chosen candidate, or to what is typed."""
        chosen = self.query_one(OptionList).highlighted
        candidate = self.candidates[chosen] if chosen is not None and chosen < len(self.candidates) else None
        self._ask(lambda case: forms.assign_form(self.session, case, candidate, self.parts))

    def action_hold(self) -> None:
        """Lay the case aside, or take it up again."""
        case = self.session.current
        if case is not None and case.hold_until is not None:
            self._decide(Hold(case.number, None, "", case.office))
            return
        self._ask(lambda case: forms.hold_form(self.session, case))

    def action_note(self) -> None:
        """Write something down."""
        self._ask(lambda case: forms.note_form(self.session, case))

    def action_refund(self) -> None:
        """Pay the money back; money paid out, and what came from no account, is refused at once."""
        case = self.session.current
        error: KasseError | None = None
        if case is not None and case.kind == "advance":
            error = RefundAdvanceError(number=case.number)
        elif case is not None and not case.bank_account:
            error = UnknownPayerError(number=case.number)
        if error is not None:
            self.query_one("#message", Static).update(refusal(error))
            return
        self._ask(lambda case: forms.refund_form(self.session, case, self.parts))

    def action_forward(self) -> None:
        """Pass the money on."""
        self._ask(lambda case: forms.forward_form(self.session, case, self.parts))

    def action_reserve(self) -> None:
        """Reserve the case, give one's own back, take over another's."""
        case = self.session.current
        if case is None:
            return
        if case.owner == self.user:
            self._decide(Release(case.number, case.office))
        elif case.owner is None:
            self._decide(Reserve(case.number, None, case.office))
        else:
            self._ask(lambda case: forms.take_over_form(self.session, case))

    def action_undo(self) -> None:
        """Take back the last step, wherever it was."""
        key = self.session.last_moved()
        if key is not None:
            self._open(forms.undo_form(self.session, *key))

    def action_search(self) -> None:
        """Look for a text."""
        self._open(forms.search_form(self.session))

    def action_filter(self) -> None:
        """Narrow the list."""
        self._open(forms.filter_form(self.session))

    def action_next(self) -> None:
        """Go to the next case."""
        self.session.step(1)
        self.show_case()

    def action_previous(self) -> None:
        """Go to the case before."""
        self.session.step(-1)
        self.show_case()

    def action_reload(self) -> None:
        """Read the list anew."""
        self.show_case(anew=True)

    def action_text_down(self) -> None:
        """Read on in a long case."""
        self.query_one("#case", VerticalScroll).scroll_page_down(animate=False)

    def action_text_up(self) -> None:
        """Go back in a long case."""
        self.query_one("#case", VerticalScroll).scroll_page_up(animate=False)

    def action_help(self) -> None:
        """Say what the other keys do."""
        words = _(
            "↑ ↓ choose what it may be for · Enter assign · ← → other cases · j k the text of a long case · F5 read "
            "anew · Esc out of a form"
        )
        self.query_one("#message", Static).update(Text(words))

    def _ask(self, make: Callable[[WorkCase], Form]) -> None:
        case = self.session.current
        if case is not None:
            self._open(make(case))

    def _open(self, form: Form) -> None:
        screen = FormScreen(form)
        self.push_screen(screen, lambda said: self._after(said, refused=screen.refused))

    def _after(self, said: Text | None, *, refused: bool) -> None:
        """Go on behind a form; where it was refused, another clerk may have been at the case: read the list anew."""
        if said is not None:
            self.show_case(said)
        elif refused:
            self.action_reload()

    def _decide(self, decision: Decision) -> None:
        try:
            self.show_case(done_text(self.session.take(decision)))
        except KasseError as error:
            self.show_case(refusal(error), anew=True)


def _title(candidates: tuple[Candidate, ...], hints: tuple[str, ...], *, shown: bool) -> str:
    if candidates or hints:
        return "\n".join([*hints, *([_("May be for:")] if candidates else [])])
    return _("Nothing open fits: press a and type a reference.") if shown else ""


def _key_lines(width: int) -> Text:
    """Return the keys with their words, a key never parted from its word."""
    text, used = Text(), 0
    for key, _action, word in (*KEYS, ("question_mark", "help", N_("help"))):
        sign = _SIGNS.get(key, key)
        part = f" {_(word)}  "
        if used and used + len(sign) + len(part) - 2 > width:
            text.append("\n")
            used = 0
        text.append(sign, "bold reverse")
        text.append(part)
        used += len(sign) + len(part)
    return text


_SIGNS = {"slash": "/", "question_mark": "?"}
