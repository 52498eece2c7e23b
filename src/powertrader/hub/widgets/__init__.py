"""Small widgets that know nothing of what they show: scrolling, wrapping, tooltips, tables."""
