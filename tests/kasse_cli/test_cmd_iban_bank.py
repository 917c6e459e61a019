"""`kasse iban bank`: which bank keeps an account."""


def test_the_bank_of_an_account_is_named(shell):
    done = shell('kasse iban bank "DE89 3704 0044 0532 0130 00" --json')
    assert done.code == 0
    [row] = done.data["ibans"]
    assert (row["iban"], row["valid"], row["bank_code"]) == ("DE89 3704 0044 0532 0130 00", True, "37040044")
    assert row["bank"] == "Commerzbank"
    assert row["bic"].startswith("COBADEFF")


def test_wrong_and_unknown_accounts_are_findings_with_their_line(shell):
    done = shell("kasse iban bank - --json", "DE88370400440532013000\n\nDE09000000000000000001\nNO9386011117947\n")
    assert done.code == 3
    assert [(row["valid"], row["bank"] is not None) for row in done.data["ibans"]] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert [(one["code"], one["severity"], one["place"]["line"]) for one in done.json["findings"]] == [
        ("iban.check_digits", "error", 1),
        ("account.unknown_bank", "warning", 3),
    ]


def test_a_number_that_breaks_its_banks_method_is_a_warning(shell):
    from sepa.identifiers import make_iban

    done = shell(["iban", "bank", make_iban("DE", "370400440532013100")])
    assert done.code == 3
    assert "does not fit the check digits" in done.err
