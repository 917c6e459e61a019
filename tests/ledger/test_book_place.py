"""Where a book stands: local holidays by municipality, said by a person or known, and none for another Land."""

import pytest

from ledger.book.place_store import LandFixedError, book_place, place_of, set_place
from ledger.book.places import PlaceNeedsLandError, local_holidays
from ledger.people.users import NotAllowedError
from sepa.calendar import UnknownHolidayError
from tests.books import act

CHOICES = {
    "Art. 1 (1) no. 2, (2) BayFTG: both in Augsburg": (
        "BY", "Augsburg", [], ("friedensfest", "mariae_himmelfahrt"), None,
    ),
    "however it is written": ("BY", " augsburg ", [], ("friedensfest", "mariae_himmelfahrt"), None),
    "general knowledge": ("BY", "München", [], ("mariae_himmelfahrt",), "book.place_unconfirmed"),
    "general knowledge of none": ("BY", "Nürnberg", [], (), "book.place_unconfirmed"),
    "nobody knows": ("BY", "Xdorf", [], (), "book.place_unsure"),
    "no municipality said": ("SN", "", [], (), "book.place_unsure"),
    "a person knows": ("BY", "Xdorf", ["mariae-himmelfahrt"], ("mariae_himmelfahrt",), None),
    "a person knows better": ("BY", "Augsburg", ["none"], (), None),
    "Corpus Christi": ("TH", "Xdorf", ["Fronleichnam"], ("fronleichnam",), None),
    "a Land where all have the same": ("HH", "", [], (), None),
    "no Land": ("", "Xdorf", [], (), None),
}  # fmt: skip


@pytest.mark.parametrize(("land", "town", "said", "holidays", "code"), CHOICES.values(), ids=CHOICES.keys())
def test_local_holidays_are_said_or_known(land, town, said, holidays, code):
    choice = local_holidays(land, town, said)
    assert choice.holidays == holidays
    assert [one.code for one in choice.findings] == ([code] if code else [])


def test_holidays_that_no_municipality_of_the_land_has_are_refused():
    with pytest.raises(UnknownHolidayError):
        local_holidays("BY", "", ["fronleichnam"])
    with pytest.raises(UnknownHolidayError):
        local_holidays("HH", "", ["ostersonntag"])
    with pytest.raises(PlaceNeedsLandError):
        local_holidays("", "", ["fronleichnam"])


def test_a_book_gets_its_place_once(store):
    store.execute("UPDATE setting SET value = '' WHERE key = 'land'")
    assert place_of(store) == ""
    made = set_place(store, land="BY", municipality="Augsburg")
    assert (made.place, made.changed) == ("BY+friedensfest+mariae_himmelfahrt", True)
    assert not set_place(store, municipality="Augsburg").changed
    assert set_place(store, said=["mariae_himmelfahrt"]).place == "BY+mariae_himmelfahrt"
    assert not set_place(store, said=["mariae_himmelfahrt"]).changed
    assert set_place(store, municipality="Xdorf").place == "BY", "what another municipality has does not hold here"
    with pytest.raises(LandFixedError):
        set_place(store, land="HH")
    assert book_place(store).municipality == "Xdorf"
    assert store.value("SELECT count(*) FROM event WHERE action = 'book.place'") == 3


def test_only_the_admin_sets_it(store):
    with pytest.raises(NotAllowedError):
        set_place(act(store, "clara"), said=["none"])
