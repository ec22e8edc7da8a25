"""Accounts to start with: what is in them when the emulator starts."""
