"""The demo town 演示: staff, grids and 30 days of cases, written through the journey's own rules."""
