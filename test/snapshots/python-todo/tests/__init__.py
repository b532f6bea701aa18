"""Tests of the server; `conftest.py` is what they start from."""
