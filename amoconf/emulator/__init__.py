"""A local amoCRM: API v4 over HTTP on this machine, over SQLite. Imports nothing from the rest of amoconf."""
