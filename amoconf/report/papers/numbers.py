"""Numbers as people read them, for everything that lays papers out."""

from amoconf.digits import number, percent

__all__ = ["number", "percent"]
