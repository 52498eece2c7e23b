"""What the window shows; so far the state behind it, which `powertrader up` shows as text."""
