"""The language of this run: templates become sentences here, with money and dates in the reader's form."""

from __future__ import annotations

import datetime as dt
import gettext
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from kasse_cli.code_words import ENGLISH
from sepa.errors import N_, Field
from sepa.money import english, german

LANGUAGES = ("en", "de")
DOMAIN = "kasse"
LOCALE_DIR = Path(__file__).parent / "locale"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")
WORDS = frozenset({"action", "held", "kind", "parameter", "reason", "role", "rule", "state", "step"})
"""Fields whose value is a word of kasse's own, shown in the reader's language where the catalogue has it."""
ROLES = {"enforcement": N_("enforcement office (enforcement)"), "payments": N_("payments office (payments)")}
HOLDER = "holder"
"""Roles whose code means something else in other sentences: what they are called in other languages than English."""
_active = {"language": "en"}  # shared by all threads of a run, which a context variable is not

# what could move the cursor, hide text or reverse it on a terminal is shown, never obeyed
_UNSAFE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)
}
_UNSAFE |= {9: "\\t", 10: "\\n", 13: "\\r"}


def set_language(lang: str) -> None:
    """Make that language, one of `LANGUAGES`, the one every later sentence is in."""
    assert lang in LANGUAGES, lang
    _active["language"] = lang


def language() -> str:
    """Return the language that was set last, English before that."""
    return _active["language"]


def locale_language(environ: Mapping[str, str]) -> str:
    """Return the language the system's locale asks for: German for any `de…`, else English.

    >>> locale_language({"LANG": "de_AT.UTF-8"}), locale_language({"LC_ALL": "C", "LANG": "de_DE"})
    ('de', 'en')
    """
    named = next((environ[name] for name in _LOCALE_VARIABLES if environ.get(name)), "")
    if not named and sys.platform == "win32":
        import locale

        named = locale.getlocale()[0] or ""
    return "de" if named.lower().startswith(("de", "german")) else "en"


class _English(gettext.NullTranslations):
    """Templates as they are, codes in words."""

    def gettext(self, message: str) -> str:
        return ENGLISH.get(message, message)


@cache
def _translations(lang: str) -> gettext.NullTranslations:
    if lang == "en":
        return _English()
    return gettext.translation(DOMAIN, LOCALE_DIR, [lang], fallback=True)


def _(template: str) -> str:
    """Return the template in the language of this run, or as it is where the catalogue lacks it."""
    return _translations(language()).gettext(template) if template else ""


def spoken(word: str) -> set[str]:
    """Return the word in every language, for what people type as they saw it."""
    return {_translations(lang).gettext(word) for lang in LANGUAGES}


def visible(text: str) -> str:
    r"""Return the text with control and direction characters written out.

    >>> visible("a\x1b[2Jb\tc")
    'a\\x1b[2Jb\\tc'
    """
    return text if text.isprintable() else text.translate(_UNSAFE)


def money(cents: int, currency: str = "EUR") -> str:
    """Return the amount of cents as a reader of this language writes it, with its currency if one is given."""
    written = german(cents) if language() == "de" else english(cents)
    return f"{written} {currency}".rstrip()


def decimal(text: str) -> str:
    """Return figures that are written with a point as a reader of this language writes them: 3,10 or 3.10."""
    return _POINT.sub(",", text) if language() == "de" else text


def percent(permille: int) -> str:
    """Return a share as a reader of this language writes it.

    >>> percent(985), percent(1000)
    ('98.5 %', '100.0 %')
    """
    return f"{decimal(f'{permille / 10:.1f}')} %"


def day(value: dt.date) -> str:
    """Return the date as a reader of this language writes it: 21.11.2026 or 2026-11-21."""
    return f"{value:%d.%m.%Y}" if language() == "de" else value.isoformat()[:10]


def moment(text: str) -> str:
    """Return a day or moment of the books as a reader of this language writes it; other text as it is.

    Moments are to the minute, in the time of the Kasse, which is Germany's; the books and JSON have UTC.

    >>> moment("2026-11-21T17:00:09Z"), moment("2026-W47"), moment("20261121")
    ('2026-11-21 18:00', '2026-W47', '20261121')
    """
    if _MOMENT.fullmatch(text):
        return _moment(text)
    return _iso_day(text) if _ISO_DAY.fullmatch(text) else text


def _moment(text: str) -> str:
    from sepa.calendar import kasse_time  # few texts are moments

    try:
        local = kasse_time(text)
    except ValueError:  # of a day that no calendar has
        return text
    return f"{day(local)} {local:%H:%M}"


def shown(name: str, value: Field, currency: str = "EUR") -> str:
    """Return one field for a person: `*_cents` as money, dates and truth values in the language's form.

    >>> shown("day", "2026-11-21"), shown("reference", "2026/11")
    ('2026-11-21', '2026/11')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and name.endswith("_cents"):
        return money(value, currency)
    if isinstance(value, dt.date):
        return day(value)
    text = str(value)
    if _ISO_DAY.fullmatch(text) or _MOMENT.fullmatch(text):  # the books know days and moments as text
        return moment(text)
    return visible(_words(name, text))


def role_text(codes: str) -> str:
    """Return roles such as `head / clerk` in the reader's words, each with its code.

    Who holds a cash desk needs no role for it, and has no code that could be granted.
    """
    return " / ".join(_role(code) for code in codes.split(" / "))


def _role(code: str) -> str:
    if code == HOLDER:
        return _(N_("holder of cash desk"))
    return _(ROLES[code] if language() != "en" and code in ROLES else code)


def _words(name: str, text: str) -> str:
    if name == "what":
        from kasse_cli.object_words import object_text

        return object_text(text)
    if name == "action" and "." in text:
        from kasse_cli.event_words import action_text

        return action_text(text)
    if name == "table":
        from kasse_cli.table_words import table_text

        return table_text(text)
    if name == "role":
        return role_text(text)
    if name == "needed":  # the states that a step asks for
        return " / ".join(_(word) for word in text.split(" / "))
    return _(text) if name in WORDS else text


def _iso_day(text: str) -> str:
    try:
        return day(dt.date.fromisoformat(text))
    except ValueError:
        return text


class _Forgiving(Formatter):
    """A formatter that shows what it cannot fill instead of failing: a bad template must not hide an error."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        """Return the value of that name, or the placeholder itself."""
        del args
        return kwargs.get(field_name, "{" + field_name + "}"), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return the value in that format, or plain where the format does not suit a text."""
        try:
            return format(value, format_spec)
        except (ValueError, TypeError):
            return str(value)


def sentence(template: str, fields: Mapping[str, Field]) -> str:
    """Return the translated template with its fields in the language's form; it never raises.

    A field `currency` replaces the EUR that money fields are shown with.
    """
    currency = fields.get("currency")
    unit = currency if isinstance(currency, str) else "EUR"
    values = {name: shown(name, value, unit) for name, value in fields.items()}
    try:
        return _Forgiving().vformat(_(template), (), values)
    except ValueError:  # a brace out of place
        return _(template)
