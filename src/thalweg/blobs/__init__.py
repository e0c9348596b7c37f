"""The one object store: keys to bytes in a local folder or in S3, through one small protocol."""
