"""Starts runs automatically: the schedule and the sensors; and sends alerts about failures."""
