"""Beside a live installation of the original."""
