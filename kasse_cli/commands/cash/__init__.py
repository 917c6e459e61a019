"""`kasse cash`: cash desks (Barkassen, Zahlstellen), card terminals, cheques and imprest funds (Handvorschüsse)."""

from __future__ import annotations

from kasse_cli.commands.cash.counting import confirm, count, protocol
from kasse_cli.commands.cash.keeping import change, close, hand_over, not_open, open_, terminal
from kasse_cli.commands.cash.looking import list_, receipts, show
from kasse_cli.commands.cash.moving import accept, deposit, transfer, withdraw
from kasse_cli.commands.cash.settling import certify, settle, template
from kasse_cli.commands.cash.taking import bounce, cancel, pay, receipt, take
from kasse_cli.frame import command, noun
from sepa.errors import N_

app = noun(N_("cash desks and funds: take, pay, count, deposit, settle"))

command(app, "list", lists=True, examples=("kasse cash list", "kasse cash list --all"))(list_)
command(app, "show", lists=True, examples=("kasse cash show B1",))(show)
command(
    app, "open",
    examples=(
        "kasse cash open B1 --name 'Barkasse Rathaus' --holder dirk --limit 5000 --single 500",
        "kasse cash open H1 --fund --office BAU --name 'Handkasse Bauhof' --holder eva --fixed 200 --settle-days 31",
    ),
)(open_)  # fmt: skip
command(app, "change", examples=("kasse cash change B1 --limit 10.000,00",))(change)
command(app, "hand-over", examples=("kasse cash hand-over B1 --holder clara",))(hand_over)
command(app, "close", examples=("kasse cash close B1",))(close)
command(
    app, "not-open",
    examples=(
        "kasse cash not-open B1 --reason Betriebsausflug",
        "kasse cash not-open B1 --undo --reason 'falscher Tag' --on 2026-11-23",
    ),
)(not_open)  # fmt: skip
command(
    app, "terminal",
    examples=(
        "kasse cash terminal 61234567 --desk B1 --acquirer 'Girocard AG' --fee 0,25 --fee-each 0,08",
        "kasse cash terminal 61234567 --desk B1 --end",
    ),
)(terminal)  # fmt: skip
command(
    app, "take", dry_run=True, confirm=True,
    examples=(
        "kasse cash take B1 0001234567899",
        "kasse cash take B1 0001234567899=20,00 BAU/3 --given 100 --payer 'Erika Muster'",
        "kasse cash take B1 --amount 35 --payer 'Erika Muster' --note 'Hundesteuer, ohne Bescheid'",
        "kasse cash take B1 0001234567899 --terminal 61234567",
        "kasse cash take B1 0001234567899 --cheque 0004711 --receipt quittung.pdf",
    ),
)(take)  # fmt: skip
command(
    app, "pay", dry_run=True,
    examples=("kasse cash pay B1 BAU/17 --receipt quittung.pdf", "kasse cash pay B1 BAU/17=25 --payee 'Eva Klein'"),
)(pay)  # fmt: skip
command(app, "receipt", examples=("kasse cash receipt B1-2026-17 --out quittung.pdf",))(receipt)
command(app, "receipts", lists=True, examples=("kasse cash receipts B1 --from 2026-11-01 --xlsx b1.xlsx",))(receipts)
command(
    app, "cancel", dry_run=True,
    examples=(
        "kasse cash cancel B1-2026-17 --reason 'falsches Kassenzeichen'",
        "kasse cash cancel KASSE-T12 --reason 'Schalter der Bank war zu'",
    ),
)(cancel)  # fmt: skip
command(
    app, "count", dry_run=True, confirm=True,
    examples=("kasse cash count B1 3x50 4x20 12x0,20", "kasse cash count B1 --empty --out kassensturz.pdf"),
)(count)  # fmt: skip
command(app, "bounce", dry_run=True, examples=("kasse cash bounce B1-2026-17 --case 12",))(bounce)
command(
    app, "confirm",
    examples=("kasse cash confirm B1", "kasse cash confirm B1 --reject --reason 'falsch getippt'"),
)(confirm)  # fmt: skip
command(app, "protocol", examples=("kasse cash protocol B1 --out kassensturz.pdf",))(protocol)
command(
    app, "deposit", dry_run=True,
    examples=("kasse cash deposit B1 1.500,00 --bag SB-778899", "kasse cash deposit B1 --cheques"),
)(deposit)  # fmt: skip
command(app, "withdraw", dry_run=True, examples=("kasse cash withdraw B1 500,00", "kasse cash withdraw H1 --refill"))(
    withdraw
)
command(
    app, "transfer", dry_run=True, examples=("kasse cash transfer B1 B2 300,00", "kasse cash transfer B1 H1 --refill")
)(transfer)
command(app, "accept", dry_run=True, examples=("kasse cash accept H1",))(accept)
command(
    app, "settle", lists=True, dry_run=True, examples=("kasse cash settle H1 belege.xlsx",)
)(settle)  # fmt: skip
command(
    app, "certify", lists=True, dry_run=True,
    examples=("kasse cash certify H1", "kasse cash certify H1 --reject --reason 'Beleg 3 fehlt'"),
)(certify)  # fmt: skip
command(app, "template", book=False, examples=("kasse cash template belege.xlsx",))(template)
