import pytest

from kasse_cli import config
from kasse_cli.context import Call, World


def _settings(shell, line="kasse config show --json", **environ):
    return {row["key"]: (row["value"], row["source"]) for row in shell(line, **environ).data["settings"]}


def test_each_source_wins_over_the_weaker(shell):
    user, project = shell.folder / "user.toml", shell.folder / "kasse.toml"
    shell.environ = {"KASSE_CONFIG": str(user)}
    assert _settings(shell)["book"] == ("kasse.db", "default")
    user.write_text('book = "user.db"')
    assert _settings(shell)["book"] == ("user.db", "FOLDER/user.toml")
    project.write_text('book = "project.db"')
    assert _settings(shell)["book"] == ("project.db", "FOLDER/kasse.toml")
    assert _settings(shell, KASSE_BOOK="env.db")["book"] == ("env.db", "env KASSE_BOOK")
    line = "kasse config show --json --book flag.db"
    assert _settings(shell, line, KASSE_BOOK="env.db")["book"] == ("flag.db", "flag")
    assert _settings(shell)["user"] == ("", "default")


@pytest.mark.parametrize(
    "place", ["kasse --book a.db config show", "kasse config --book a.db show", "kasse config show --book a.db"]
)
def test_a_common_option_may_stand_anywhere(shell, place):
    assert _settings(shell, f"{place} --json")["book"] == ("a.db", "flag")


def test_the_later_option_wins(shell):
    assert _settings(shell, "kasse --book a.db config show --book b.db --json")["book"] == ("b.db", "flag")


def test_an_unknown_key_is_a_finding_with_its_place(shell):
    (shell.folder / "kasse.toml").write_text('boook = "x"\n[deep]\na = 1\n')
    done = shell("kasse config show --json")
    assert (done.code, [f["code"] for f in done.json["findings"]]) == (3, ["config.unknown_key"] * 2)
    assert done.json["findings"][0]["place"]["file"] == "FOLDER/kasse.toml"
    assert "boook" in done.json["findings"][0]["message"]


def test_an_unknown_key_is_logged_by_other_commands(shell):
    (shell.folder / "kasse.toml").write_text('boook = "x"')
    done = shell("kasse iban check DE89370400440532013000")
    assert done.code == 0
    assert "2026-11-20T09:30:00+01:00 WARNING kasse: FOLDER/kasse.toml: unknown setting: boook" in done.err
    assert "boook" not in shell("kasse iban check DE89370400440532013000 -q").err


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"book = ", "config.unreadable"),
        (b"book = '\xff'", "config.unreadable"),
        (b"book = 7", "config.bad_value"),
        (b"lang = 'fr'", "config.bad_value"),
    ],
)
def test_a_broken_file_stops_commands_but_not_help_or_config_show(shell, content, code):
    shell.lang = ""
    (shell.folder / "kasse.toml").write_bytes(content)
    done = shell("kasse iban check DE89370400440532013000 --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, code)
    assert shell("kasse --help").code == 0
    assert shell("kasse config show").code in (0, 3)


def test_a_byte_order_mark_is_no_obstacle(shell):
    (shell.folder / "kasse.toml").write_bytes(b'\xef\xbb\xbfbook = "bom.db"')
    assert _settings(shell)["book"][0] == "bom.db"


def test_passwords_are_not_shown(shell):
    done = shell("kasse config show", KASSE_BOOK="postgresql://kasse:geheim@db.example/kasse")
    assert "postgresql://kasse:***@db.example/kasse" in done.out
    assert "geheim" not in done.out


def test_the_users_file_lies_where_the_system_keeps_such_files(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config.user_file({}).name == "config.toml"
    assert config.user_file({}).parent.name == "kasse"


def test_the_account_is_not_taken_from_variables(monkeypatch):
    monkeypatch.setenv("LOGNAME", "mallory")
    monkeypatch.setenv("USER", "mallory")
    assert Call([], World(environ={"KASSE_CONFIG": "x"})).actor(declared=False) != "mallory"
