"""Runs weeks and analyses on this machine: planning, executing, resuming, reporting, and failing dead runs."""
