"""`kasse config`: what is set and where it comes from."""

from __future__ import annotations

from kasse_cli.config import SETTINGS, masked
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_

app = noun(N_("settings and where they come from"))
COLUMNS = (
    Column("key", N_("Setting")),
    Column("value", N_("Value")),
    Column("source", N_("Source"), "word", words={"default": N_("by default")}),
    Column("meaning", N_("Meaning")),
)


@command(app, "show", lists=True, tolerant=True, examples=("kasse config show", "kasse config show --json"))
def show(ctx: Context) -> None:
    """Show every setting with its value and source.

    A flag wins over the environment, that over ./kasse.toml, that over the user's file, that over the default.
    """
    settings = ctx.obj.settings
    rows = [
        {
            "key": setting.key,
            "value": masked(settings.value(setting.key).text),
            "source": settings.value(setting.key).source,
            "meaning": _(setting.meaning),
        }
        for setting in SETTINGS
    ]
    files = [str(file.path) for file in settings.files]
    render(
        ctx,
        Result(
            data={"files": files},
            tables=[Table("settings", COLUMNS, rows)],
            lines=[say(N_("files read: {files}"), files=", ".join(files))] if files else [],
            findings=settings.findings,
        ),
    )
