"""Runs on AWS Lambda: the launcher that sends them, and the function itself. Assets and jobs do not belong here."""
