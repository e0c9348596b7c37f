"""Every setting, in one model: ``thalweg.toml`` < ``THALWEG_*`` in the environment < arguments."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from thalweg.core.errors import InvalidParameter

SETTINGS_FILE = "thalweg.toml"


class Limits(BaseModel):
    """What one request, file or Job may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    body_bytes: int = Field(16 * 2**20, gt=0, description="bytes of a JSON body")
    file_bytes: int = Field(64 * 2**30, gt=0, description="bytes of one file")
    page: int = Field(1000, gt=0, le=10_000, description="Items of one page")
    document: int = Field(2**20, gt=1024, description="bytes of one Item or Collection")
    id: int = Field(256, ge=16, le=1024, description="characters of an Item's or Collection's id")
    positions: int = Field(20_000, gt=4, description="positions of one geometry, an Item's or a query's")
    at_once: int = Field(10_000, gt=0, description="Items registered in one transaction")
    buckets: int = Field(1000, gt=0, description="buckets of one aggregation")
    exported: int = Field(200_000, gt=0, description="Items of one file (CSV, FlatGeobuf, GeoParquet, lines of JSON)")
    counted: int = Field(10_000, gt=0, description="Items up to which numberMatched counts")
    image_side: int = Field(2048, gt=0, le=8192, description="pixels of a rendered image's longer side")
    job_seconds: int = Field(6 * 3600, gt=0, description="seconds that one Job may run")
    jobs_waiting: int = Field(1000, gt=0, description="Jobs of one workspace that may wait or run")
    workspaces: int = Field(1000, gt=0, description="workspaces that one person may own; not the administrator's")
    log_days: float = Field(365, gt=0, le=100_000, description="days that the log of a Job is kept after its end")
    event_days: float = Field(365, gt=0, le=100_000, description="days that an event can be told again")
    sync_seconds: float = Field(60, gt=0, description="seconds that a synchronous execution is waited for")


class S3(BaseModel):
    """How to reach an object store that speaks S3; what is left out comes from the usual AWS_* environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str | None = Field(None, description="address of the store, where it is not Amazon's")
    region: str | None = Field(None, description="its region")
    access_key_id: str | None = Field(None, description="name of the key")
    secret_access_key: SecretStr | None = Field(None, description="the key")


class Archive(BaseModel):
    """A folder of this machine whose products are registered where they lie, for some workspaces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", description="how hrefs call it, wherever it lies"
    )
    root: Path = Field(description="the folder, absolute; apart from the platform's own")
    workspaces: tuple[str, ...] = Field(
        min_length=1, description="who may use it: whoever may read one of them may read all below the folder"
    )

    @field_validator("root")
    @classmethod
    def _absolute(cls, root: Path) -> Path:
        if not root.is_absolute():
            raise ValueError("is an absolute path")
        return root


class AssetChecks(BaseModel):
    """How it is looked whether what Items lead to is still there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    remote: bool = Field(default=False, description="ask other hosts too; the platform's own files always are")
    days: float = Field(7, gt=0, description="days between two looks at an Item that does not change")
    seconds_a_host: float = Field(0.2, ge=0, description="seconds between two requests to one host")
    at_once: int = Field(8, gt=0, le=64, description="requests to all hosts together")


class Federated(BaseModel):
    """Another catalogue, which a search is passed on to where it asks for that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,62})$", description="how searches name it")
    title: str = Field("", description="how people call it")
    url: str = Field(
        pattern=r"^https?://",
        max_length=2048,
        description="of a CSW its address; of an OGC API Records that of a collection: https://eo.example/collections/all",
    )
    protocol: Literal["csw", "csw-2.0.2", "csw-3.0.0", "records"] = Field(
        "csw", description="what it speaks: csw is both versions, each as it is asked; records is an OGC API Records"
    )
    seconds: float = Field(20, gt=0, le=120, description="for which it is waited, its answer included")


class Harvests(BaseModel):
    """How catalogues of others are harvested."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: int = Field(50, ge=0, description="sources of one workspace that are harvested again and again")
    shortest_minutes: float = Field(60, gt=0, description="minutes between two harvests of one source, at least")
    records: int = Field(100_000, gt=0, description="records of one source")
    document_bytes: int = Field(16 * 2**20, gt=0, description="bytes of one answer of a source")
    all_bytes: int = Field(2 * 2**30, gt=0, description="bytes of all that a source holds")
    hours: float = Field(1, gt=0, description="hours that a source may take to be read")


class Doi(BaseModel):
    """The registrar that gives snapshots their DOIs; none is asked where no address and password are told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(None, description="address of a REST API as DataCite's: https://api.datacite.org")
    prefix: str = Field("", description="what the platform's DOIs begin with: 10.5072")
    repository: str = Field("", description="the name that the registrar knows the platform by")
    password: SecretStr | None = Field(None, description="its password")
    publisher: str = Field("", description="who answers for what the platform publishes, as citations name it")


class Settings(BaseSettings):
    """What one platform is made of; without any setting it lives in one folder on one machine."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="THALWEG_",
        env_nested_delimiter="__",
        toml_file=SETTINGS_FILE,
        nested_model_default_partial_update=True,
    )

    home: Path = Field(Path("thalweg-data"), description="folder of everything that is not kept elsewhere")
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 shows the platform to the network")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    address: str | None = Field(None, description="where others reach the platform: https://eo.example")
    contact: str = Field(
        "", pattern=r"^$|^[^@\s]+@[^@\s]+$", description="e-mail address of whom people and harvesters may ask"
    )
    database: str | None = Field(None, description="control database: sqlite:///PATH or postgresql://…")
    items: str | None = Field(None, description="Item store: sqlite:///PATH or postgresql://… (pgstac)")
    blobs: str | None = Field(None, description="object store: file:///FOLDER or s3://BUCKET/PREFIX")
    s3: S3 = Field(S3(), description="how to reach S3")
    admin_token: SecretStr | None = Field(None, description="the administrator's bearer token; 16 characters or more")
    web_processes: int = Field(1, ge=1, le=64, description="processes that answer requests")
    jobs_at_once: int = Field(2, ge=1, le=256, description="Jobs that one worker runs at the same time")
    allowed_hosts: tuple[str, ...] = Field((), description="private hosts that stage-in and harvest may ask")
    archives: tuple[Archive, ...] = Field((), description="folders whose products may be registered where they lie")
    asset_checks: AssetChecks = Field(AssetChecks(), description="how assets are looked at")
    federated: tuple[Federated, ...] = Field(
        (), description="other catalogues that searches are passed on to; where private, in allowed_hosts too"
    )
    harvests: Harvests = Field(Harvests(), description="how catalogues of others are harvested")
    doi: Doi = Field(Doi(), description="who registers DOIs")
    limits: Limits = Field(Limits(), description="bounds")

    @field_validator("federated")
    @classmethod
    def _told_apart(cls, federated: tuple[Federated, ...]) -> tuple[Federated, ...]:
        """Refuse catalogues that searches could not name apart."""
        if len({one.id for one in federated}) < len(federated) or len({one.url for one in federated}) < len(federated):
            raise ValueError("two have the same id or address")
        return federated

    @field_validator("archives")
    @classmethod
    def _apart(cls, archives: tuple[Archive, ...], known: ValidationInfo) -> tuple[Archive, ...]:
        """Refuse names that stand twice, and folders through which the platform's own files could be read."""
        if len({one.name for one in archives}) < len(archives):
            raise ValueError("two have the same name")
        for own in _own_places(known.data):
            for one in archives:
                root = one.root.resolve()
                if own.is_relative_to(root) or root.is_relative_to(own):
                    raise ValueError(f"the root of {one.name} and the platform's own {own} do not lie apart")
        return archives

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @cached_property
    def folder(self) -> Path:
        """Return the home, absolute."""
        return self.home.expanduser().absolute()

    @property
    def control_url(self) -> str:
        """Return where the control database is."""
        return self.database or f"sqlite:///{self.folder / 'control.sqlite'}"

    @property
    def items_url(self) -> str:
        """Return where the Item store is."""
        return self.items or f"sqlite:///{self.folder / 'items.sqlite'}"

    @property
    def blobs_url(self) -> str:
        """Return where the object store is."""
        return self.blobs or (self.folder / "files").as_uri()


def _own_places(known: Mapping[str, Any]) -> Iterator[Path]:
    """Yield where on this machine the platform keeps its own."""
    if "home" in known:
        yield known["home"].expanduser().resolve()
    if (file := Path(SETTINGS_FILE)).exists():
        yield file.resolve()
    for url in filter(None, (known.get(name) for name in ("database", "items", "blobs"))):
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            yield Path(parts.path.removeprefix("/")).resolve()
        elif parts.scheme == "file":
            yield Path(unquote(parts.path)).resolve()


def read_settings(**arguments: Any) -> Settings:  # noqa: ANN401 - the fields of Settings
    """Read the settings; an argument that is ``None`` was not given.

    Raises:
        InvalidParameter: the first setting that is wrong, by its name.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in wrong["loc"])
        raise InvalidParameter(f"setting {name}", wrong["msg"]) from error
