"""Notifications and other services."""
