"""`kasse statement skip` as it is typed: a number that the bank never gave, who said so, and what becomes of it."""

from tests.books import MAIN_IBAN
from tests.kasse_cli.test_cmd_statement import town  # noqa: F401 - a fixture


def renumbered(statement: bytes, number: int, more: int) -> bytes:
    """Give a statement of the demo bank another number."""
    return statement.replace(b"<ElctrncSeqNb>%d" % number, b"<ElctrncSeqNb>%d" % (number + more))


def test_a_number_that_the_bank_never_gave(town):  # noqa: F811
    town.deliver(a=town.monday, b=renumbered(town.tuesday, 102, 1))
    skip = f"kasse statement skip {MAIN_IBAN}"
    town.shell.transcript(
        "statement-skip",
        "kasse reconcile inbox -q",
        f"{skip} 102 --reason 'left out, says Frau Wolf'",
        f"{skip} 102 --user emil",
        f"{skip} 101-102 --reason x --user emil",
        f"{skip} zwei --reason x --user emil",
        f"{skip} 102 --reason 'left out, says Frau Wolf' --user emil --dry-run",
        f"{skip} 102 --reason 'left out, says Frau Wolf' --user emil",
        f"{skip} 102 --reason 'left out, says Frau Wolf' --user emil",
        "kasse statement continuity",
        f"{skip} 102 --user emil --back",
        f"{skip} 102 --user emil --back",
        "kasse statement continuity",
    )


def test_a_monitoring_sees_the_gap_until_somebody_said_that_it_is_none(town):  # noqa: F811
    town.deliver(a=town.monday, b=renumbered(town.tuesday, 102, 1))
    metric = f'kasse_statement_gaps{{iban="{MAIN_IBAN}"}} '

    def seen() -> tuple[int, str]:
        assert town.shell("kasse reconcile inbox --metrics kasse.prom --json").code in {0, 3}
        (line,) = [one for one in (town.shell.folder / "kasse.prom").read_text().splitlines() if one.startswith(metric)]
        gaps = next(one for one in town.shell("kasse health --json").data["checks"] if one["name"] == "gaps")
        return gaps["value"], line.removeprefix(metric)

    assert seen() == (1, "1")
    assert town.shell(f"kasse statement skip {MAIN_IBAN} 102 --reason 'never given' --user emil").code == 0
    assert seen() == (0, "0")


def test_it_is_written_in_german_too(town):  # noqa: F811
    town.deliver(a=town.monday, b=renumbered(town.tuesday, 102, 1))
    town.shell("kasse reconcile inbox -q")
    done = town.shell(f"kasse statement skip {MAIN_IBAN} 102 --reason x --user emil --lang de")
    assert f"vermerkt: Die Bank hat 102 von 2026 nie an einen Auszug von {MAIN_IBAN} vergeben" in done.text()
