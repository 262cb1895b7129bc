"""Forms: they validate posted text and convert it to the arguments of the verb modules."""
