"""Who may do what in the database itself: roles, row rules and signatures on PostgreSQL."""
