"""`kasse journal export`: placeholder."""
import typer
def register(app: typer.Typer) -> None:
    """Add."""
