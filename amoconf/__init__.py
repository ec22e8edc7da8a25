"""Account configuration as code for amoCRM (Kommo)."""

__version__ = "0.1.0"
