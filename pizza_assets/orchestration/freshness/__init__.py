"""Whether what is stored is up to date: fingerprints of inputs, versions of matches, results of checks."""
