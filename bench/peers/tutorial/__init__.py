"""The tap as tutorials write it: a balance column each, and both rows locked."""
