"""Tests of the example strategies."""
