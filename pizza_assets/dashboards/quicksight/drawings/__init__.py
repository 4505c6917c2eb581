"""The charts that draw each view, one module per sheet. Titles, questions and filters come from the table of views."""
