"""The platform's own catalogue, with its calls counted, for tests that cut them."""


class Counted:
    """Takes Items as the catalogue does."""

    def __init__(self, catalogue):
        self._catalogue = catalogue
        self.calls = []

    def ensure_collection(self, collection, who):
        return self._catalogue.ensure_collection(collection, who)

    def load(self, items, who, **how):
        self.calls.append(len(items))
        return self._catalogue.load(items, who, **how)

    def fit(self, collection, who):
        self._catalogue.fit(collection, who)
