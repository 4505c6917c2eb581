"""Where the dashboard is created: account, region, bucket, owner, and the names of resources there."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One QuickSight account and the bucket that it reads.

    `manifests` maps each extract's table name to the key of its manifest in the bucket. Every id begins with
    `id_prefix`, so that two installations can share an account. `owner` is the ARN of a QuickSight user or group.
    """

    account_id: str
    region: str
    bucket: str
    owner: str
    id_prefix: str
    timezone: str
    manifests: Mapping[str, str]

    def resource_id(self, name: str) -> str:
        return f"{self.id_prefix}-{name.replace('_', '-')}"

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a `datasource`, `dataset`, `analysis` or `dashboard` by its name without the prefix."""
        return f"arn:{self._partition}:quicksight:{self.region}:{self.account_id}:{kind}/{self.resource_id(name)}"

    @property
    def _partition(self) -> str:
        for start, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(start):
                return partition
        return "aws"
