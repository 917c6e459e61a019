"""SQL about the accounts of a run, asked once for each account and payee: many payments may go to one of them.

What it finds is looked up by the payments in Python: no planner knows how many accounts a run has.
"""

OF_RUN = "p.office = :office AND p.run = :run AND p.state <> 'discarded'"
"""The payments `p` that a run still has."""
_PAYEE = "coalesce(k.party, 0)"
_OTHER = "CASE WHEN p.part > 0 THEN 1 ELSE 0 END"
_OF_PAYEE = """FROM item j JOIN payment q ON q.item_office = j.office AND q.item = j.id
            WHERE j.party = o.party AND o.other = 0 AND q.part = 0 AND q.state = 'executed'"""
PAYMENTS = f"""
    SELECT p.end_to_end_id, p.line, p.creditor_name, p.creditor_iban, p.cents, p.remittance, p.purpose, {_PAYEE},
           {_OTHER}
    FROM payment p JOIN item k ON k.office = p.item_office AND k.id = p.item
    WHERE {OF_RUN} ORDER BY p.line"""
"""The payments of a run, with their payee and whether they go to somebody who has a right to the payee's money."""
FRESH = f"""
    WITH own (party, iban, name, other) AS MATERIALIZED (
        SELECT DISTINCT {_PAYEE}, p.creditor_iban, p.creditor_name, {_OTHER}
        FROM payment p JOIN item k ON k.office = p.item_office AND k.id = p.item WHERE {OF_RUN})
    SELECT o.party, o.iban, o.name, o.other,
           (SELECT q.creditor_iban {_OF_PAYEE} ORDER BY q.run DESC, q.line DESC LIMIT 1)
    FROM own o
    WHERE NOT EXISTS (SELECT 1 {_OF_PAYEE} AND q.creditor_iban || '' = o.iban)
    AND NOT EXISTS (
        SELECT 1 FROM payment q WHERE q.creditor_iban = o.iban AND q.creditor_name = o.name
          AND q.state = 'executed' AND (o.other = 1 AND q.part > 0 OR o.other = 0 AND q.part = 0 AND o.party = 0))
    AND NOT EXISTS (
        SELECT 1 FROM payment_answer w
        JOIN payment q ON q.office = w.office AND q.run = w.run AND q.line = w.line
        WHERE q.creditor_iban = o.iban AND q.creditor_name = o.name AND w.status = 'RCVC')"""
"""The accounts of a run that are new to their payee, with the one that was paid last for the same person.

Never paid for that person, nor confirmed for that name; whom else an account was paid for says nothing. `|| ''` has the
planners go by the payee, not by an account of many.
"""
TWINS = f"""
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT p.creditor_iban AS iban, p.cents FROM payment p WHERE {OF_RUN})
    SELECT q.creditor_iban, q.cents, q.remittance, max(q.run)
    FROM wanted w JOIN payment q ON q.creditor_iban = w.iban AND q.cents = w.cents
    WHERE q.state IN {{states}} AND q.run <> :run GROUP BY q.creditor_iban, q.cents, q.remittance"""
"""What other runs, in one of the states, pay to the accounts of a run in its amounts, with the last of them."""
ANSWERED = f"""
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT p.creditor_iban AS iban, p.creditor_name AS name FROM payment p WHERE {OF_RUN})
    SELECT a.iban, a.name, max(w.status), max(coalesce(w.found_name, '')), r.read_at
    FROM wanted a JOIN payment q ON q.creditor_iban = a.iban AND q.creditor_name = a.name
    JOIN payment_answer w ON w.office = q.office AND w.run = q.run AND w.line = q.line
    JOIN payment_report r ON r.id = w.report AND r.kind = 'vop'
    GROUP BY a.iban, a.name, r.id, r.read_at ORDER BY r.id"""
"""What the bank said about the names of a run, the last report last; among several answers the one that differs."""
LAST_SAID = f"""
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT p.creditor_iban AS iban, p.creditor_name AS name FROM payment p WHERE {OF_RUN})
    SELECT a.iban, a.name, w.status, q.state
    FROM wanted a JOIN payment q ON q.creditor_iban = a.iban AND q.creditor_name = a.name
    JOIN payment_answer w ON w.office = q.office AND w.run = q.run AND w.line = q.line
    JOIN payment_report r ON r.id = w.report AND r.kind = 'vop'
    WHERE w.status IN ('RCVC', 'RVMC', 'RVNM') ORDER BY w.report, w.status"""
"""What the bank said about the names of a run, and what became of those payments, the last word last."""
