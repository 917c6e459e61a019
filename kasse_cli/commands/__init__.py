"""One module a noun, found by name through `kasse_cli.lazy`."""
