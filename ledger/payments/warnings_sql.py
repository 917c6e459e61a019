"""SQL about the accounts of a run, asked once for each account and payee: many payments may go to one of them."""

OF_RUN = "p.office = :office AND p.run = :run AND p.state <> 'discarded'"
"""The payments `p` that a run still has."""
_PAYEE = "coalesce(k.party, 0)"
_OTHER = "CASE WHEN p.part > 0 THEN 1 ELSE 0 END"
FRESH = f"""own (party, iban, name, other) AS MATERIALIZED (
        SELECT DISTINCT {_PAYEE}, p.creditor_iban, p.creditor_name, {_OTHER}
        FROM payment p JOIN item k ON k.office = p.item_office AND k.id = p.item WHERE {OF_RUN}),
    fresh AS MATERIALIZED (
        SELECT o.party, o.iban, o.name, o.other FROM own o
        WHERE NOT EXISTS (
            SELECT 1 FROM item j JOIN payment q ON q.item_office = j.office AND q.item = j.id
            WHERE j.party = o.party AND o.other = 0 AND q.part = 0 AND q.state = 'executed'
              AND q.creditor_iban || '' = o.iban)
        AND NOT EXISTS (
            SELECT 1 FROM payment q WHERE q.creditor_iban = o.iban AND q.creditor_name = o.name
              AND q.state = 'executed' AND (o.other = 1 AND q.part > 0 OR o.other = 0 AND q.part = 0 AND o.party = 0))
        AND NOT EXISTS (
            SELECT 1 FROM payment_answer w
            JOIN payment q ON q.office = w.office AND q.run = w.run AND q.line = w.line
            WHERE q.creditor_iban = o.iban AND q.creditor_name = o.name AND w.status = 'RCVC'))"""
"""The accounts of a run that are new to their payee: never paid for that person, nor confirmed for that name.

Whom else an account was paid for says nothing; `|| ''` has the planners go by the payee, not by an account of many.
`other` is 1 for the accounts of those who have a right to the payee's money.
"""
IS_FRESH = f"""f.iban = p.creditor_iban AND f.name = p.creditor_name AND f.party = {_PAYEE} AND f.other = {_OTHER}"""
"""Whether `f` of `fresh` is the account of the payment `p` of the item `k`."""
TWINS = f"""WITH wanted AS MATERIALIZED (
        SELECT DISTINCT p.creditor_iban AS iban, p.cents FROM payment p WHERE {OF_RUN}),
    twin AS MATERIALIZED (
        SELECT q.creditor_iban AS iban, q.cents, q.remittance, max(q.run) AS run
        FROM wanted w JOIN payment q ON q.creditor_iban = w.iban AND q.cents = w.cents
        WHERE q.state IN {{states}} AND q.run <> :run GROUP BY q.creditor_iban, q.cents, q.remittance)
    SELECT p.end_to_end_id, t.run, p.creditor_iban, p.cents
    FROM payment p CROSS JOIN twin t
    WHERE {OF_RUN} AND t.iban = p.creditor_iban AND t.cents = p.cents AND t.remittance = p.remittance
    ORDER BY p.line"""
"""The payments of a run with the last other run, in one of the states, that pays the same to the same account."""
ANSWERED = f"""WITH wanted AS MATERIALIZED (
        SELECT DISTINCT p.creditor_iban AS iban, p.creditor_name AS name FROM payment p WHERE {OF_RUN}),
    answer AS MATERIALIZED (
        SELECT a.iban, a.name, r.id, max(w.status) AS status, max(coalesce(w.found_name, '')) AS found, r.read_at
        FROM wanted a JOIN payment q ON q.creditor_iban = a.iban AND q.creditor_name = a.name
        JOIN payment_answer w ON w.office = q.office AND w.run = q.run AND w.line = q.line
        JOIN payment_report r ON r.id = w.report AND r.kind = 'vop'
        GROUP BY a.iban, a.name, r.id, r.read_at),
    latest AS MATERIALIZED (SELECT iban, name, max(id) AS id FROM answer GROUP BY iban, name),
    said AS MATERIALIZED (
        SELECT w.iban, w.name, w.status, w.found, w.read_at FROM latest l
        JOIN answer w ON w.iban = l.iban AND w.name = l.name AND w.id = l.id)
    SELECT p.end_to_end_id, p.creditor_name, p.creditor_iban, s.status, s.found, s.read_at
    FROM payment p CROSS JOIN said s
    WHERE {OF_RUN} AND s.iban = p.creditor_iban AND s.name = p.creditor_name ORDER BY p.line"""
"""The last answer of the bank about the name of each payment; among several of one report the one that differs."""
