"""Simulated years with known truth, to measure how often the analyses are right (`make calibrate`)."""
