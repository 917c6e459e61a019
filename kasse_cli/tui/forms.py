"""One dialog for every decision: fields, a look at what would happen, and only then the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Label, Static

from kasse_cli.i18n import _
from kasse_cli.tui.words import refusal
from sepa.errors import KasseError

Values = Mapping[str, str | bool]
Act = Callable[[Values], Text]


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a form: its key, its label, what stands in it at first; a `flag` is ticked or not."""

    key: str
    label: str
    value: str = ""
    flag: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog: its title and fields, what would happen (None where nothing is to be confirmed), and the decision."""

    title: str
    entries: tuple[Entry, ...]
    take: Act
    look: Act | None = None
    at_once: bool = False
    """Whether it can be looked at as it opens, with what stands in its fields."""


class Tick(Checkbox, inherit_bindings=False):
    """A box that shows its mark only when it is ticked, also where a terminal has no colours.

    Space ticks it; Enter goes on, as in every field.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("space", "toggle_button", ""), ("enter", "screen.go", "")]
    BUTTON_INNER = " "

    def watch_value(self) -> None:
        """Show or hide the mark."""
        self.BUTTON_INNER = "x" if self.value else " "
        super().watch_value()


class FormScreen(ModalScreen[Text | None]):
    """A form over the desk: Enter shows what would happen, Enter again decides, Escape goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "back", "")]
    AUTO_FOCUS = "Input"
    CSS = """
    FormScreen { align: center middle; }
    FormScreen > VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%; border: round $accent; padding: 0 1;
        background: $surface;
    }
    FormScreen Horizontal { height: auto; }
    FormScreen Label { width: 15; }
    FormScreen Input { width: 1fr; border: none; height: 1; padding: 0 1; background: $boost; }
    FormScreen Input:focus { background: $accent 30%; }
    FormScreen Checkbox { border: none; height: 1; padding: 0; background: $surface; margin-left: 15; }
    FormScreen Checkbox > .toggle--button { color: $success; background: $boost; text-style: bold; }
    #form-title { text-style: bold; margin-bottom: 1; }
    #form-said { margin-top: 1; }
    #form-keys { margin-top: 1; color: $text-muted; }
    """

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form
        self.seen: dict[str, str | bool] | None = None
        self.shown = ""
        self.refused = False

    def compose(self) -> ComposeResult:
        """Lay the fields below each other."""
        with VerticalScroll(can_focus=False):
            yield Static(Text(self.form.title), id="form-title")
            for entry in self.form.entries:
                if entry.flag:
                    yield Tick(Content(entry.label), id=entry.key)
                    continue
                with Horizontal():
                    yield Label(Text(entry.label))
                    yield Input(entry.value, placeholder=entry.hint, id=entry.key)
            yield Static("", id="form-said")
            yield Static("", id="form-keys")

    def on_mount(self) -> None:
        """Look at once where everything is there."""
        self._keys()
        if self.form.look is not None and self.form.at_once:
            self._look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on with Enter in any field."""
        event.stop()
        self.action_go()

    def on_input_changed(self) -> None:
        """Say that what was seen is not what stands there now."""
        self._changed()

    def on_checkbox_changed(self) -> None:
        """Say that what was seen is not what stands there now."""
        self._changed()

    def action_go(self) -> None:
        """Show what would happen; decide what was shown, if that is still what would happen: others work too."""
        before = self.shown if self.seen == self.values() else None
        if self.form.look is not None:
            self._look()
            if self.seen is None or before != self.shown:
                return
        self._take()

    def action_back(self) -> None:
        """Close without a decision."""
        self.dismiss(None)

    def values(self) -> dict[str, str | bool]:
        """Return what stands in the fields."""
        found: dict[str, str | bool] = {}
        for entry in self.form.entries:
            widget = self.query_one(f"#{entry.key}")
            found[entry.key] = widget.value if isinstance(widget, Checkbox | Input) else ""
        return found

    def _look(self) -> None:
        assert self.form.look is not None
        try:
            said = self.form.look(self.values())
        except KasseError as error:
            self.seen, said, self.refused = None, refusal(error), True
        else:
            self.seen, self.shown = self.values(), said.plain
        self.query_one("#form-said", Static).update(said)
        self._keys()

    def _take(self) -> None:
        try:
            said = self.form.take(self.values())
        except KasseError as error:
            self.seen, self.refused = None, True
            self.query_one("#form-said", Static).update(refusal(error))
            self._keys()
        else:
            self.dismiss(said)

    def _changed(self) -> None:
        """Show what would happen only beside the values it is of; a refusal stays, to be read while it is mended."""
        if self.seen is not None:
            self.query_one("#form-said", Static).update(Text(self.shown if self.seen == self.values() else ""))
        self._keys()

    def _keys(self) -> None:
        ready = self.form.look is None or self.seen == self.values()
        words = _("Enter: do it · Esc: back") if ready else _("Enter: look first · Tab: next field · Esc: back")
        if not ready and any(entry.flag for entry in self.form.entries):
            words = _("Enter: look first · Tab: next field · Space: tick · Esc: back")
        self.query_one("#form-keys", Static).update(Text(words))
        self.call_after_refresh(self.query_one(VerticalScroll).scroll_end, animate=False)
