"""`pizza check`: what a person's own export holds, how it would be mapped, and which questions it could answer."""
