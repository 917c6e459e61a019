"""A book of another Land: its place, its own law, and no order under the law of Hamburg."""

from tests.enforcement.test_profiles import TOWN

CREATE = (
    "kasse book create --name Stadtkasse --office KASSE=Stadtkasse --office BAU=Bauamt --kasse KASSE "
    "--account DE02370400440000000024=Hauptkonto@KASSE"
)
LIST = """office;kind;name;street;town;postcode;amount;due;purpose;profile
BAU;receivable;Erika Muster;Lange Str. 1;Musterstadt;45127;300,00;2026-12-01;Bußgeld;fine
BAU;receivable;Max Muster;Lange Str. 2;Musterstadt;45127;200,00;2026-12-01;Abfallgebühr;fee
BAU;receivable;Max Muster;Lange Str. 2;Musterstadt;45127;100,00;2026-12-01;Abfallgebühr;kag-nrw
BAU;receivable;Max Muster;Lange Str. 2;Musterstadt;45127;50,00;2026-12-01;Hundesteuer;tax
"""
FINE = """title_de = "Geldbußen (Musterstadt)"
title_en = "fines (Musterstadt)"
lands = ["NW"]
norm = "OWiG, VwVG NRW"
dunning_fee = "nrw.mahnung"
limitation = "vollstreckungsverjaehrung_owig"
notice = "bekanntgabe_vwvfg"
death = "ends"
insolvency = "subordinate"
stands_for = ["NW:fee"]

[[dunning]]
kind = "mahnung"
wait = "beitreibung_owig"
term = "mahnung_vwvg"
fee = true
norm = "§ 95 Abs. 1 OWiG"

[settlement]
norm = "§ 94 OWiG"
order = ["fine", "cost"]
"""


def test_a_book_says_where_it_stands(shell):
    shell.transcript(
        "book-place",
        f"{CREATE} --land BY --municipality München",
        f"{CREATE} --land BY --municipality Xdorf --book other.db",
        f"{CREATE} --land HH --holiday friedensfest --book third.db",
        "kasse book place",
        "kasse book place --holiday none --json --on 2028-01-01",
        "kasse book place --holiday none",
        "kasse book place --land NW",
        "kasse law deadline 1w --from 2028-08-08 --land by+mariae-himmelfahrt",
        "kasse law deadline 1w --from 2028-08-08 --land BY+fronleichnam",
    )


def test_a_land_has_its_own_law(shell):
    shell.folder.joinpath("liste.csv").write_text(LIST, encoding="utf-8")
    shell.folder.joinpath("profile-fine.toml").write_text(FINE, encoding="utf-8")
    shell.folder.joinpath("recht").symlink_to(TOWN)
    shell.folder.joinpath("profile-other.toml").write_text(FINE.replace("beitreibung_owig", "beitreibung"))
    shell.folder.joinpath("leer").mkdir()
    shell.folder.joinpath("neu").mkdir()
    rate = (TOWN / "figures-town.toml").read_text("utf-8").replace("7.50", "8.00").replace("1.77", "1.79")
    shell.folder.joinpath("neu", "figures-town.toml").write_text(rate, encoding="utf-8")
    assert shell(f"{CREATE} --land NW --identity declared --user anna").code == 0
    assert shell("kasse user add cert --office BAU --role certifier --user anna").code == 0
    assert shell("kasse user add emil --office * --role head --user anna").code == 0
    assert shell("kasse user add frida --office * --role head --user anna").code == 0
    shell.transcript(
        "law-files",
        "kasse law files --user anna",
        "kasse order import liste.csv --user cert",
        "kasse law take profile-fine.toml recht --dry-run --user anna",
        "kasse law take profile-fine.toml recht --user anna",
        "kasse law take profile-fine.toml recht --user anna",
        "kasse law take recht --user emil",
        "kasse law take profile-other.toml --user anna",
        "kasse law take liste.csv --user anna",
        "kasse law take leer --user anna",
        "kasse law files --user cert",
        "kasse order import liste.csv --dry-run --user cert",
        "kasse dunning propose --dry-run --user anna",
        "kasse law release 1 --user anna",
        "kasse law release 2 --user emil",
        "kasse law release 1 --dry-run --user emil",
        "kasse law release 1 --user emil",
        "kasse law release 1 --user emil",
        "kasse order import liste.csv --dry-run --user cert",
        "kasse law take profile-fine.toml recht --user anna",
        "kasse law files --user anna",
        "kasse law drop schedules-fine.toml --user anna",
        "kasse law drop profile-fine.toml --dry-run --user anna",
        "kasse law drop profile-fine.toml --user anna",
        "kasse law files --user anna",
        "kasse law refuse 2 --reason ' ' --user emil",
        "kasse law refuse 2 --reason 'gilt noch' --user emil",
        "kasse law files --all --user anna",
        "kasse law take neu --user emil",
        "kasse law release 3 --user emil",
        "kasse law release 3 --json --user frida",
        "kasse law files --out geschrieben --user anna",
        "kasse law charges --amount 300 --due 2026-06-01 --profile fine --land NW",
        "kasse law charges --amount 300 --due 2026-06-01 --profile fine --land NW --dunned-on 2026-07-01 "
        "--law-dir geschrieben",
        "kasse order general add --office BAU --scheme kasse --account 5100 --purpose Gebühren --profile hamburg-fee --user cert",
    )
