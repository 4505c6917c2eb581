"""Making weeks and analyses on this machine: planning, running, resuming, reporting, and marking runs that died."""
