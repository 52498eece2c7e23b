"""Unit tests of powertrader.exchanges."""
