"""The client of the platform's public protocols: search, execute, read results, in a scientist's few lines."""

from thalweg.sdk.jobs import Job
from thalweg.sdk.platform import Platform

__all__ = ["Job", "Platform"]
