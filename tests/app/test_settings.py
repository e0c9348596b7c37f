"""One model of settings: file, environment and arguments, each stronger than the one before."""

import pytest

from thalweg.app.settings import read_settings
from thalweg.core.errors import InvalidParameter


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("THALWEG_HOME", "THALWEG_PORT", "THALWEG_ADMIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_without_any_setting_everything_lies_in_one_folder(tmp_path):
    settings = read_settings()
    assert settings.folder == tmp_path / "thalweg-data"
    assert settings.control_url == f"sqlite:///{tmp_path}/thalweg-data/control.sqlite"
    assert settings.items_url == f"sqlite:///{tmp_path}/thalweg-data/items.sqlite"
    assert settings.blobs_url == f"file://{tmp_path}/thalweg-data/files"


def test_an_argument_is_stronger_than_the_environment_and_that_than_the_file(tmp_path, monkeypatch):
    (tmp_path / "thalweg.toml").write_text('port = 1\nhost = "127.0.0.2"\n[limits]\npage = 7\n')
    assert (read_settings().port, read_settings().host, read_settings().limits.page) == (1, "127.0.0.2", 7)
    monkeypatch.setenv("THALWEG_PORT", "2")
    monkeypatch.setenv("THALWEG_LIMITS__PAGE", "8")
    assert (read_settings().port, read_settings().limits.page) == (2, 8)
    assert read_settings(port=3).port == 3


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 1\n", "colour"),
        ("port = 70000\n", "port"),
        ("[limits]\npage = 0\n", "limits.page"),
        ("[limits]\npages = 1\n", "limits.pages"),
        ('[[archives]]\nname = "a b"\nroot = "/a"\nworkspaces = ["lab"]\n', "archives.0.name"),
        ('[[archives]]\nname = "a"\nroot = "a"\nworkspaces = ["lab"]\n', "archives.0.root"),
        ('[[archives]]\nname = "a"\nroot = "/a"\nworkspaces = []\n', "archives.0.workspaces"),
        (2 * '[[archives]]\nname = "a"\nroot = "/a"\nworkspaces = ["lab"]\n', "archives"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, named):
    (tmp_path / "thalweg.toml").write_text(text)
    with pytest.raises(InvalidParameter) as refused:
        read_settings()
    assert refused.value.parameter == f"setting {named}"


def test_a_secret_is_not_printed(monkeypatch):
    monkeypatch.setenv("THALWEG_ADMIN_TOKEN", "a-very-secret-token")
    assert "a-very-secret-token" not in repr(read_settings())


def test_an_archive_lies_apart_from_what_is_the_platforms_own(tmp_path, monkeypatch):
    def archives(root, **settings):
        monkeypatch.setenv("THALWEG_ARCHIVES", f'[{{"name": "old", "root": "{root}", "workspaces": ["lab"]}}]')
        return read_settings(**settings).archives

    (archive,) = archives(tmp_path / "archive")
    assert (archive.root, archive.workspaces) == (tmp_path / "archive", ("lab",))
    stores = tmp_path / "stores"
    for root, settings in (
        ("/", {}),
        (tmp_path, {}),
        (tmp_path / "thalweg-data" / "files", {}),
        (stores, {"database": f"sqlite:///{stores}/control.sqlite"}),
        (stores, {"items": f"sqlite:///{stores}/items.sqlite"}),
        (stores / "files" / "lab", {"blobs": f"file://{stores}/files"}),
    ):
        with pytest.raises(InvalidParameter, match="do not lie apart"):
            archives(root, **settings)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(InvalidParameter, match="do not lie apart"):
        archives(tmp_path / "link")
    elsewhere = tmp_path / "elsewhere"
    assert archives(tmp_path / "other", home=elsewhere)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    (tmp_path / "other" / "thalweg.toml").write_text('admin_token = "what nobody may read"')
    with pytest.raises(InvalidParameter, match="do not lie apart"):
        archives(tmp_path / "other", home=elsewhere)
