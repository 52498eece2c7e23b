"""The outside world behind the ports of core: venues, and the paper account that stands in for one."""
