"""Judges written by others: the ISO schemas that sepaxml ships, and mock-bank as the bank at the other end."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree
from mockbank.server import Config, make_server


def schema_bytes(name: str) -> bytes:
    return (files("sepaxml") / "schemas" / f"{name}.xsd").read_bytes()


@cache
def iso_schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema_bytes(name)))


def schema_errors(name: str, file: bytes) -> list[str]:
    schema = iso_schema(name)
    schema.validate(etree.fromstring(file))
    return [f"{error.line}: {error.message}" for error in schema.error_log]


@dataclass(frozen=True)
class Bank:
    """A running mock-bank, spoken to over HTTP."""

    url: str

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        request = urllib.request.Request(self.url + path, data=body, method=method)
        request.add_header("Content-Type", "application/xml" if body and body[:1] == b"<" else "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def json(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        status, answer = self.call(method, path, None if body is None else json.dumps(body).encode())
        assert status < 300, answer
        return json.loads(answer)


@contextmanager
def mock_bank(clock: str) -> Iterator[Bank]:
    server = make_server(Config(port=0, quiet=True, clock=clock, timezone="Europe/Berlin"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Bank(f"http://127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
