"""Runs on AWS Lambda: the launcher and the handler will live here. Assets and jobs do not belong here."""
