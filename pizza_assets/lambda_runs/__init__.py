"""Runs on AWS Lambda: what sends them there, and the function itself. Assets and jobs do not belong here."""
