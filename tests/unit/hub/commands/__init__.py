"""Tests of the window's commands."""
