"""Details of events in the reader's words: names of fields, codes and days."""

import pytest

from kasse_cli import i18n
from kasse_cli.columns import Column
from kasse_cli.detail_words import details_text
from kasse_cli.tables import for_person

TOLD = {
    "scheme: CORE, signed: 2026-11-02, usage: recurrent, holder: Meyer":
        "Verfahren: CORE, unterschrieben am: 02.11.2026, Nutzung: wiederkehrend, Kontoinhaber: Meyer",
    "reason: AC04, of: L3-7": "Grund: AC04, von: L3-7",
    "fields: iban signed, iban: A → B, notice_days: None → 5":
        "geändert: IBAN unterschrieben am, IBAN: A → B, Tage der Vorabankündigung: – → 5",
    "2026-11-18 DE22120300000001000001 KASSE-2026-8": "18.11.2026 DE22120300000001000001 KASSE-2026-8",
    "2026-11-17 → 2026-11-18, bar bezahlt": "17.11.2026 → 18.11.2026, bar bezahlt",
    "RE-2026-11-18 odd: x": "RE-2026-11-18 odd: x",
}  # fmt: skip


@pytest.mark.parametrize(("said", "german"), TOLD.items())
def test_details_are_told_in_german(said, german):
    i18n.set_language("de")
    try:
        assert details_text(said) == german
        assert for_person(said, Column("text", "", "details")) == german
    finally:
        i18n.set_language("en")
