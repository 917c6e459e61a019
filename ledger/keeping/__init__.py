"""Keeping and erasing: backups, how long what is kept, what is restricted, what is erased."""
