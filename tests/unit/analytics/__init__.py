"""Unit tests of powertrader.analytics."""
