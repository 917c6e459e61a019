"""Recompute an audit export from its CSV files alone; kasse is not needed. Use: python check.py FOLDER"""

import csv
import hashlib
import sys
from collections import defaultdict
from pathlib import Path

ENTRY = ("office position year number kind source transaction_id posting_day bank_day value_day payment_day "
         "recorded_at recorded_by reverses text_hash").split()  # fmt: skip
EVENT = "office position at by action object facts details_hash".split()
FOLDER = Path(sys.argv[1])
wrong: list[str] = []


def rows(name):
    csv.field_size_limit(1 << 30)
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def check_chain(name, fields, tail):
    """Follow the chain of every office: each hash covers the one before it, positions have no gap."""
    last, position = {row["code"]: bytes.fromhex(row["genesis"]) for row in rows("offices")}, defaultdict(int)
    for row in rows(name):
        office = row["office"]
        position[office] += 1
        text = "\x1f".join([f"kasse-{name_of[name]}-1", *(row[field] for field in fields)]) + tail(row)
        last[office] = hashlib.sha256(last[office] + text.encode()).digest()
        if last[office].hex() != row["hash"] or int(row["position"]) != position[office]:
            wrong.append(f"{name}: {office} {row['position']} is not what was written")
            last[office] = bytes.fromhex(row["hash"])
    return {f"{office} {position[office]} {value.hex()}" for office, value in last.items() if position[office]}


name_of = {"entries": "entry", "events": "event"}
for line in (FOLDER / "SHA256SUMS").read_text().splitlines():
    digest, name = line.split("  ")
    with open(FOLDER / name, "rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
            wrong.append(f"{name} is not the file that was exported")

lines, months, balances = defaultdict(list), defaultdict(int), defaultdict(int)
for row in rows("postings"):
    lines[row["office"], row["position"]].append(row)
for entry in rows("entries"):
    postings = lines[entry["office"], entry["position"]]
    if sum(int(p["cents"]) for p in postings) or len(postings) != int(entry["posting_count"]):
        wrong.append(f"entry {entry['office']} {entry['position']} does not balance")
    day = entry["posting_day"]
    month = day[:5] + "13" if entry["kind"] == "closing" else day[:7]  # closing entries are a period of their own
    for p in postings:
        balances[p["office"], p["account"]] += int(p["cents"])
        months[p["office"], p["account"], month] += int(p["cents"])
wrote = lambda p: "\x1e" + "\x1f".join((p["account"], p["cents"], p["item"], p["dimensions"]))
heads = check_chain("entries", ENTRY, lambda e: "".join(map(wrote, lines[e["office"], e["position"]])))
check_chain("events", EVENT, lambda _: "")
kept = {
    (r["office"], r["account"], r["month"]): int(r["debit_cents"]) - int(r["credit_cents"])
    for r in rows("month_balances")
}
wrong += [f"balance of {key} differs" for key in kept.keys() | months.keys() if kept.get(key, 0) != months.get(key, 0)]
items = defaultdict(int)
for item in rows("items"):
    items[item["office"], item["account"]] += int(item["open_cents"]) * (1 if item["side"] == "D" else -1)
wrong += [f"open items of {key} differ from the account" for key, cents in items.items() if balances[key] != cents]
print(*(wrong or ["everything agrees"]), *(f"head {head}" for head in sorted(heads)), sep="\n")
for (office, account), cents in sorted(balances.items()):
    print(office, account, cents)
sys.exit(bool(wrong))
