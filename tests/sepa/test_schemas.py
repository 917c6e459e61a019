"""Schema validation with the user's own files: which schema, what it finds, and that it streams."""

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

import pytest

from sepa import pain001, schemas
from sepa.errors import KasseError
from sepa.schemas import OFFICIAL, SchemaFile, schema_for, validate
from sepa.xml.parser import DoctypeError
from tests.sepa.oracles import schema_bytes
from tests.sepa.orders import batch, message

ISO = SchemaFile("pain.001.001.09.xsd", schema_bytes("pain.001.001.09"))
OTHER = SchemaFile("pain.008.001.08.xsd", schema_bytes("pain.008.001.08"))
FILE = b"".join(pain001.write(message(batch("A 1,00\nB 2,00"))))


def opened(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: BytesIO(content)


def findings(content: bytes, schema: SchemaFile = ISO) -> list[KasseError]:
    return [one for one in validate(opened(content), schema) if one.code != "schema.unofficial"]


def test_a_right_file_has_no_findings_but_that_the_schema_is_not_the_dks() -> None:
    assert [one.code for one in validate(opened(FILE), ISO)] == ["schema.unofficial"]


BROKEN = {
    "a code that is none": (b"<ChrgBr>SLEV", b"<ChrgBr>XXXX", 5, "ChrgBr"),
    "an amount that is none": (b">2.00</InstdAmt>", b">2.00x</InstdAmt>", 7, "InstdAmt"),
    "an element too many": (b"<EndToEndId>A<", b"<X>1</X><EndToEndId>A<", 6, "X"),
    "a file that breaks off": (b"</Document>", b"", 11, "Document"),
}


@pytest.mark.parametrize(("was", "now", "line", "word"), BROKEN.values(), ids=BROKEN.keys())
def test_a_violation_names_line_and_element_without_namespace(was: bytes, now: bytes, line: int, word: str) -> None:
    assert was in FILE
    first = findings(FILE.replace(was, now, 1))[0]
    assert (first.code, first.place.line) == ("schema.violation", line)
    assert word in str(first)
    assert "urn:" not in str(first)


def test_all_violations_are_found() -> None:
    both = FILE.replace(b"<ChrgBr>SLEV", b"<ChrgBr>XXXX").replace(b">2.00</InstdAmt>", b">x</InstdAmt>")
    assert {one.place.line for one in findings(both)} == {5, 7}


def test_a_document_type_is_refused() -> None:
    entity = b'<!DOCTYPE Document [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    for content in (entity + FILE.split(b"?>\n", 1)[1], (entity + FILE.split(b"?>\n", 1)[1]).decode().encode("utf-16")):
        with pytest.raises(DoctypeError):
            findings(content)


def test_the_schema_of_the_namespace_is_taken_and_the_dks_first() -> None:
    german = SchemaFile("pain.001.001.09_GBIC_5.xsd", ISO.content + b"<!-- -->")
    assert schema_for(pain001.NAMESPACE, [OTHER, ISO]) == ISO
    assert schema_for(pain001.NAMESPACE, [ISO, OTHER, german]) == german
    with pytest.raises(KasseError) as error:
        schema_for("urn:iso:std:iso:20022:tech:xsd:pain.001.001.03", [ISO, OTHER])
    assert error.value.code == "schema.missing"


def test_a_file_that_is_no_schema_is_refused() -> None:
    for content in (b"", b"<a/>", b"<xs:schema"):
        with pytest.raises(KasseError) as error:
            findings(FILE, SchemaFile("x.xsd", content))
        assert error.value.code == "schema.invalid"


def test_the_official_files_are_known_by_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not ISO.official
    monkeypatch.setitem(OFFICIAL, hashlib.sha256(ISO.content).hexdigest(), ISO.name)
    assert ISO.official
    assert list(validate(opened(FILE), ISO)) == []


def test_a_large_file_is_not_held_and_its_violations_have_the_lines_of_their_payments(monkeypatch) -> None:
    monkeypatch.setattr(schemas, "WHOLE_BYTES", 100)
    broken = FILE.replace(b">2.00</InstdAmt>", b">x</InstdAmt>").replace(
        b"<EndToEndId>A<", b"<X>1</X><EndToEndId>A<", 1
    )
    assert [(one.place.line, "InstdAmt" in str(one)) for one in findings(broken)] == [(6, False), (7, True)]
    cut = findings(FILE.replace(b"</Document>", b""))
    assert [one.code for one in cut] == ["schema.violation"]


def test_violations_are_listed_up_to_a_number(monkeypatch) -> None:
    many = FILE.replace(b">2.00</InstdAmt>", b">x</InstdAmt>").replace(b">1.00</InstdAmt>", b">x</InstdAmt>")
    for limit in (10**9, 100):
        monkeypatch.setattr(schemas, "WHOLE_BYTES", limit)
        monkeypatch.setattr(schemas, "MAX_VIOLATIONS", 1)
        assert len(findings(many)) == 1
