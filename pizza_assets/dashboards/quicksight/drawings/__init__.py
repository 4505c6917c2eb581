"""Which charts draw which view, one module per sheet. Titles, questions and filters come from the table of views."""
