"""Items and files for the renderer: a small catalogue in memory, real files in a real store."""

import mimetypes

import orjson

from thalweg.core.errors import NotFound
from thalweg.core.files import FileFacts
from thalweg.core.items import Item
from thalweg.core.principals import Principal

ADA = Principal("ada")
EVE = Principal("eve")


class KnownItems:
    """A catalogue of a handful of Items, which Ada may see."""

    def __init__(self):
        self.documents = {}
        self.version = 1

    def item(self, collection, item_id, who):
        if who != ADA or (collection, item_id) not in self.documents:
            raise NotFound(f"there is no Item {item_id}")
        return Item(collection, item_id, orjson.dumps(self.documents[collection, item_id]), self.version, "ada/owner")


class BlobFiles:
    """The files of the workspace ``ada``, which Ada may read, over a real store; ``remote`` hides their local paths."""

    def __init__(self, blobs, *, remote=False):
        self.blobs, self.remote, self.reads = blobs, remote, 0

    def _key(self, workspace, path, who):
        if who != ADA or workspace != "ada":
            raise NotFound(f"there is no file {path}")
        return f"{workspace}/{path}"

    def facts(self, workspace, path, who):
        blob = self.blobs.head(self._key(workspace, path, who))
        return FileFacts(path, blob.size, blob.etag, blob.modified, mimetypes.guess_type(path)[0] or "")

    def read(self, workspace, path, who, start=0, end=None):
        self.reads += 1
        return self.blobs.read(self._key(workspace, path, who), start, end)

    def write(self, workspace, path, chunks, who):
        self.blobs.put(self._key(workspace, path, who), chunks)
        return self.facts(workspace, path, who)

    def remove(self, workspace, path, who):
        self.blobs.delete(self._key(workspace, path, who))

    def local(self, workspace, path, who):
        key = self._key(workspace, path, who)
        return None if self.remote else self.blobs.local_path(key)
