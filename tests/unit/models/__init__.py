"""The values check themselves once, at birth."""
