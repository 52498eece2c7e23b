"""Unit tests of powertrader.persistence."""
