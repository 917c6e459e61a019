"""Settings and where each came from: flag, environment, ./kasse.toml, the user's file, default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kasse_cli.i18n import LANGUAGES
from sepa.errors import N_, KasseError, Place
from sepa.system_errors import why_refused

PROJECT_FILE = "kasse.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: its key in files, its variable, its default, its meaning."""

    key: str
    env: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and its source: `flag`, `env NAME`, a file or `default`."""

    text: str
    source: str


SETTINGS = (
    Setting("book", "KASSE_BOOK", "kasse.db", N_("the book: a file or postgresql://…")),
    Setting("lang", "KASSE_LANG", "", N_("the language of texts: en or de")),
    Setting("user", "KASSE_USER", "", N_("who acts, where the book lets users be declared")),
    Setting("xsd_dir", "KASSE_XSD_DIR", "", N_("the folder with the banks' XML schemas")),
    Setting("wait_seconds", "KASSE_WAIT_SECONDS", "30", N_("how long to wait for a book that is in use")),
)
_KEYS = {setting.key for setting in SETTINGS}
_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@/\s]*(?=@)")


class UnreadableConfigError(KasseError):
    """A settings file that is not TOML."""

    code = "config.unreadable"
    template = N_("the settings file cannot be read: {reason}")
    hint = N_("mend the file or move it away; `kasse config show` names the files that are read")


class UnknownSettingError(KasseError):
    """A key in a settings file that means nothing."""

    code = "config.unknown_key"
    template = N_("unknown setting: {key}")
    hint = N_("known are: {known}")
    severity = "warning"


class BadSettingError(KasseError):
    """A setting with a value it cannot have."""

    code = "config.bad_value"
    template = N_("the setting {key} cannot be {text}")
    hint = N_("expected: {expected}")


class Settings:
    """All settings with their sources, and what is wrong with the files they were read from."""

    def __init__(self, flags: Mapping[str, str], environ: Mapping[str, str], files: tuple[SettingsFile, ...]) -> None:
        self._layers = (
            {key: Value(text, "flag") for key, text in flags.items()},
            {s.key: Value(environ[s.env], f"env {s.env}") for s in SETTINGS if environ.get(s.env)},
            *(file.values for file in files),
            {s.key: Value(s.default, "default") for s in SETTINGS},
        )
        self.files = files
        self.findings = tuple(finding for file in files for finding in file.findings)

    def value(self, key: str) -> Value:
        """Return the value of the strongest source that has one."""
        assert key in _KEYS, key
        return next(layer[key] for layer in self._layers if key in layer)

    def values(self, key: str) -> list[str]:
        """Return what every source says, the strongest first."""
        return [layer[key].text for layer in self._layers if key in layer]

    def __getitem__(self, key: str) -> str:
        return self.value(key).text

    def check(self) -> None:
        """Raise the first finding that makes the settings untrustworthy; unknown keys do not."""
        for finding in self.findings:
            if finding.severity == "error":
                raise finding
        check_language(self["lang"])
        check_seconds(self["wait_seconds"])


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """One settings file that exists: its known values and what is wrong with it."""

    path: Path
    values: dict[str, Value]
    findings: tuple[KasseError, ...]


def load(flags: Mapping[str, str], environ: Mapping[str, str], folder: Path) -> Settings:
    """Return the settings as seen from that folder; an empty flag does not count as given."""
    paths = (folder / PROJECT_FILE, user_file(environ))
    files = tuple(_read(path) for path in dict.fromkeys(paths) if path.is_file())
    return Settings({key: text for key, text in flags.items() if text}, environ, files)


def check_language(lang: str) -> None:
    """Raise `BadSettingError` for a language that kasse does not speak; none at all is fine."""
    if lang and lang not in LANGUAGES:
        raise BadSettingError(key="lang", text=lang, expected=", ".join(LANGUAGES))


def check_seconds(text: str) -> None:
    """Raise `BadSettingError` for a waiting time that is not a number of whole seconds."""
    if not (text.isascii() and text.isdigit()):
        raise BadSettingError(key="wait_seconds", text=text, expected="0, 30, 300")


def user_file(environ: Mapping[str, str]) -> Path:
    """Return the user's own settings file: KASSE_CONFIG, else where the system keeps such files."""
    if named := environ.get("KASSE_CONFIG"):
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("kasse", appauthor=False) / "config.toml"


def _read(path: Path) -> SettingsFile:
    import tomllib

    place = Place(file=str(path))
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        return SettingsFile(path, {}, (UnreadableConfigError(reason=why_refused(error), place=place),))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return SettingsFile(path, {}, (UnreadableConfigError(reason=str(error), place=place),))
    findings = tuple(finding.at(place) for finding in _check(content))
    values = {key: Value(text, str(path)) for key, text in content.items() if isinstance(text, str)}
    return SettingsFile(path, values, findings)


def _check(content: Mapping[str, object]) -> Iterator[KasseError]:
    for key, value in content.items():
        if key not in _KEYS:
            yield UnknownSettingError(key=key, known=", ".join(sorted(_KEYS)))
        elif not isinstance(value, str):
            yield BadSettingError(key=key, text=str(value), expected="text")


def masked(text: str) -> str:
    """Return the text with passwords in URLs hidden.

    >>> masked("postgresql://kasse:geheim@db/kasse")
    'postgresql://kasse:***@db/kasse'
    """
    return _PASSWORD.sub(r"\1***", text)
