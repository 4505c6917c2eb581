"""`pizza check`: inspects a user's own export, proposes a mapping, and estimates which questions it could answer."""
