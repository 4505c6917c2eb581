"""Simulated years whose truth is known, and how often the analyses are right about them (`make calibrate`)."""
