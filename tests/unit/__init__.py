"""One module, one test module; the folders mirror the source."""
