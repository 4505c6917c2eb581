# pyarrow makes these functions when it is imported, so that no checker sees them
from typing import Any

def __getattr__(name: str) -> Any: ...
