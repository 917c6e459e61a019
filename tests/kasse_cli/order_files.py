"""Lists of orders and open items as files: CSV from lines, workbooks with cells of every kind."""

from openpyxl import Workbook

ORDERS = """\
Dienststelle;Art;Name;Straße;Hausnummer;PLZ;Ort;IBAN;Betrag;Fällig am;Kassenzeichen;Verwendungszweck;Profil;Schlüssel;Sachkonto
ORDNUNG;Forderung;Erika Musterfrau;Gartenweg;3;20999;Musterstadt;;125,50;15.12.2026;;Sondernutzung;fee;;
ORDNUNG;Forderung;Bäckerei Sonnenschein;Marktplatz;1;20999;Musterstadt;;180,00;15.12.2026;;Außengastronomie;fee;A1;
ORDNUNG;Forderung;Bäckerei Sonnenschein;Marktplatz;1;20999;Musterstadt;;60,00;15.12.2026;;Verwaltungsgebühr;fee;A1;5700
BAU;Auszahlung;Papierhaus Muster KG;;;;;DE02 1203 0000 0000 2020 51;89,00;30.11.2026;RE 2026/17;Kopierpapier;;;
"""
BAD_ORDERS = """\
Dienststelle;Art;Name;Straße;Hausnummer;PLZ;Ort;IBAN;Betrag;Fällig am;Kassenzeichen;Verwendungszweck
ORDNUNG;Forderung;Erika Musterfrau;Gartenweg;3;20999;Musterstadt;;125,50;15.12.2026;;Sondernutzung
ORDNUNG;Forderung;Max Mustermann;Lindenallee;17a;20999;Musterstadt;;1.234;15.12.2026;;Baugebühr
ZOO;Forderung;Ayşe Yılmaz;Hafenstraße;8;20999;Musterstadt;;62,50;31.11.2026;;Gewerbeanmeldung
BAU;Auszahlung;Papierhaus Muster KG;;;;;DE03120300000000202051;89,00;30.11.2026;RE 17;Kopierpapier
BAU;Auszahlung;Hausmeister Özdemir;;;;;DE02500105170137075030;45,00;30.11.2026;RE 18;Winterdienst
"""
BALANCES = """\
office,account,amount
KASSE,DE02370400440000000024,12500.00
KASSE,DE75512108001245126199,0.00
KASSE,3000,-12500.00
ORDNUNG,2400,150.00
ORDNUNG,4400,-20.00
"""
ITEMS = """\
Dienststelle;Art;Name;Straße;Hausnummer;PLZ;Ort;Offener Betrag;Ursprungsbetrag;Fällig;Ursprüngliche Fälligkeit;Kassenzeichen;Mahnstufe;Gemahnt am
ORDNUNG;Forderung;Erika Musterfrau;Gartenweg;3;20999;Musterstadt;100,00;125,50;1.3.2026;1.12.2025;4711-0815;1;1.4.2026
ORDNUNG;Forderung;Max Mustermann;Lindenallee;17a;20999;Musterstadt;50,00;;1.6.2026;;;;
ORDNUNG;Auszahlung;Papierhaus Muster KG;;;;;20,00;;1.12.2026;;RE 17;;
"""


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def workbook(path, **cells):
    """Write a list with one good order in which these cells, by column, are of the given value instead."""
    values = {
        "office": "ORDNUNG", "kind": "receivable", "name": "Erika Musterfrau", "street": "Gartenweg 3",
        "postcode": "20999", "town": "Musterstadt", "amount": 125.5, "due": "2026-12-15", "purpose": "Sondernutzung",
    } | cells  # fmt: skip
    book = Workbook()
    page = book.active
    page.title = "Anordnungen"
    page.append(list(values))
    page.append(list(values.values()))
    book.save(path)
