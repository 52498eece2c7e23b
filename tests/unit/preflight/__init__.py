"""Tests of what a start needs."""
