"""`kasse qr`: the code in the terminal, as PNG and SVG, and what is refused."""

import pytest

LINE = 'kasse qr --name "Stadtkasse Musterstadt" --iban "DE89 3704 0044 0532 0130 00"'


def test_a_code_is_made(shell):
    shell.transcript(
        "qr",
        f'{LINE} --amount 12,34 --text "Bescheid 4711"',
        f"{LINE} --reference RF18539007547034 --out code.svg",
        f"{LINE} --json",
        f"{LINE} --out code.gif",
        f"{LINE} --text A --reference RF18539007547034",
        f"{LINE} --scale 0",
        "kasse qr --name Stadtkasse --iban DE88370400440532013000",
        f"{LINE} --out no/folder.png",
    )


@pytest.mark.parametrize(("name", "start"), [("code.png", b"\x89PNG\r\n"), ("code.svg", b"<?xml")])
def test_a_picture_is_written_to_a_file(shell, name, start):
    assert shell(f"{LINE} --out {name}").code == 0
    assert (shell.folder / name).read_bytes().startswith(start)


def test_a_picture_goes_to_a_pipe(shell):
    assert "<svg" in shell(f"{LINE} --to svg --out -").out
