"""Charts on a plain Canvas: geometry as pure functions, and the canvas, SVG and PNG that it becomes."""
