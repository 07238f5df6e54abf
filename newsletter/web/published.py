"""The published site, read from its folder: right media types, validators, gzip. Nothing else of the disk is reached.

The rules, in the order in which they are applied:

1. a path with an empty part, a part that begins with a dot, a backslash or a control character names nothing;
2. what lies outside of the site's folder, through a symbolic link for instance, names nothing;
3. a folder is its `index.html`, under an address that ends in a slash; there are no listings;
4. the entity tag is a hash of the bytes that are sent (RFC 9110 §8.8.3): gzip has one of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

__all__ = ["Document", "Folder", "PublishedSite", "Unread", "make_document", "media_type"]

_TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".xsl": "text/xsl; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_JSON_FEED = "application/feed+json"
_LARGE = 16 * 1024 * 1024
"""Bytes of a file from which on it is sent from disk, uncompressed."""
_WORTH_IT = 512
"""Bytes under which gzip saves nothing."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An address without its slash at the end; relative links of the page would go wrong from there."""

    name: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is not held in memory, in the version that its folder names now."""

    path: Path
    version: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """One file, ready to be sent. `path` stands for `content` where that is too large to be held."""

    path: Path
    media_type: str
    etag: str
    modified: float
    content: bytes | None
    compressed: bytes | None

    @property
    def size(self) -> int:
        """Bytes of memory it takes."""
        return len(self.content or b"") + len(self.compressed or b"")


class PublishedSite:
    """The site's folder. Files are kept in memory, compressed once, until they change; safe to use from threads."""

    def __init__(self, root: Path, *, memory: int = 64 * 1024 * 1024) -> None:
        """`root` need not exist yet. `memory` is how many bytes of files are kept."""
        self._root = root
        self._memory = memory
        self._kept: OrderedDict[Path, tuple[tuple[int, int, int], Document]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()

    def find(self, path: str) -> Document | Unread | Folder | None:
        """What an address names; `path` is percent-decoded and relative to the site, without a slash before it.

        What is `Unread` is for `read`: it takes long, so that whoever asks at the same time should share it.
        """
        parts = path.split("/")
        wants_folder = parts[-1] == ""
        names = parts[:-1] if wants_folder else parts
        if not all(map(_is_plain, names)):
            return None
        file = self._root.joinpath(*names, *(["index.html"] if wants_folder else []))
        try:
            root, real = self._root.resolve(strict=True), file.resolve(strict=True)
            status = real.stat()
        # a name that is too long for the disk or a loop of links is as good as no file
        except (OSError, RuntimeError, ValueError):
            return None
        if not real.is_relative_to(root):
            return None
        if S_ISDIR(status.st_mode):
            return Folder(names[-1]) if (real / "index.html").is_file() else None
        if not S_ISREG(status.st_mode):
            return None
        version = (status.st_mtime_ns, status.st_size, status.st_ino)
        with self._lock:
            entry = self._kept.get(real)
            if entry is not None and entry[0] == version:
                self._kept.move_to_end(real)
                return entry[1]
        return Unread(real, version)

    def read(self, file: Unread) -> Document | None:
        """The file, compressed and kept; None where it is gone."""
        path, version = file.path, file.version
        try:
            document = _load(path, modified=version[0] / 1e9, large=version[1] > _LARGE)
        except OSError:
            return None
        with self._lock:
            self._forget(path)
            self._kept[path] = (version, document)
            self._held += document.size
            while self._held > self._memory:
                self._forget(next(iter(self._kept)))
        return document

    @property
    def held(self) -> int:
        """Bytes that are kept in memory."""
        return self._held

    def _forget(self, path: Path) -> None:
        old = self._kept.pop(path, None)
        if old is not None:
            self._held -= old[1].size


def _is_plain(name: str) -> bool:
    return bool(name) and name[0] != "." and name.isprintable() and "\\" not in name and ":" not in name


def _load(path: Path, *, modified: float, large: bool) -> Document:
    kind = media_type(path.name)
    if large:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        return Document(path, kind, digest, modified, None, None)
    content = path.read_bytes()
    return make_document(path, content, kind=kind, tag=hashlib.sha256(content).hexdigest()[:32], modified=modified)


def make_document(
    name: str | Path, content: bytes, *, kind: str, tag: str, modified: float, level: int = 6
) -> Document:
    """A document that is held in memory, with its compressed bytes where they are worth it (`level` as gzip's)."""
    compressed = None
    if len(content) >= _WORTH_IT and _is_text(kind):
        compressed = gzip.compress(content, level, mtime=0)
    return Document(Path(name), kind, tag, modified, content, compressed)


def media_type(name: str) -> str:
    """The media type of a file of this name."""
    if name.startswith("feed") and name.endswith(".json"):
        return _JSON_FEED
    suffix = Path(name).suffix.lower()
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix) or "application/octet-stream"


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or any(
        part in kind for part in ("json", "xml", "javascript", "bibtex", "x-research-info")
    )
