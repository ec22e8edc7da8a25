"""Tests of the readers of records and of their mirror."""
