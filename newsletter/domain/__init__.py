"""The product's own words and decisions: pure values and functions, no input, no output, no clock."""
