"""The Hub's addresses, as far as rnntui's client walks them, and what each answers."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import yaml

from tests.hub.messages import Refused, Reply, Request, as_json
from tests.hub.store import Commit, Repo, Stored, User, is_large

if TYPE_CHECKING:
    from tests.hub.server import Hub


Answer = Callable[..., Reply]
_NAME = r"(?P<repo>[\w.-]+/[\w.-]+)"
_ROUTES: list[tuple[str, Answer]] = []


def _at(pattern: str) -> Callable[[Answer], Answer]:
    def register(answer: Answer) -> Answer:
        _ROUTES.append((pattern, answer))
        return answer

    return register


def route(hub: Hub, request: Request) -> Reply:
    """Answer a request."""
    line = f"{request.method} {request.path}"
    for pattern, answer in _ROUTES:
        found = re.fullmatch(pattern, line)
        if found:
            try:
                parts = {k: unquote(v) for k, v in found.groupdict().items() if v is not None}
                return answer(hub, request, **parts)
            except Refused as refused:
                return refused.reply
    return as_json({"error": "not found"}, 404)


def user_of(hub: Hub, request: Request) -> User | None:
    """Whose token it is; None without one."""
    if not request.token:
        return None
    if request.token not in hub.users:
        raise Refused(401, "Invalid credentials in Authorization header")
    return hub.users[request.token]


def _writer(hub: Hub, request: Request, owner: str) -> User:
    """The user, who may write to a namespace."""
    user = user_of(hub, request)
    if user is None:
        raise Refused(401, "Invalid username or password.")
    if not user.writes or (
        user.name != owner and user.name not in hub.organisations.get(owner, ())
    ):
        raise Refused(403, f"You don't have the rights to write to {owner}")
    return user


def _repo(hub: Hub, request: Request, name: str, *, files: bool = False) -> Repo:
    """A repository, as far as the user may see it, and its files."""
    user = user_of(hub, request)
    found = hub.repos.get(name)
    if found is None or not found.may_see(user.name if user else None):
        if user is None:
            raise Refused(401, "Repository not found", "RepoNotFound")  # private ones, too
        raise Refused(404, "Repository not found", "RepoNotFound")
    if found.disabled:
        raise Refused(403, "Access to this resource is disabled.")
    if files and not found.may_read(user.name if user else None):
        raise Refused(403 if user else 401, f"Access to model {name} is restricted.", "GatedRepo")
    return found


def _commit(repo: Repo, revision: str) -> Commit:
    found = repo.at(revision)
    if found is None:
        raise Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    return found


def _file(path: str, file: Stored) -> dict[str, Any]:
    lfs = {"sha256": file.sha256, "oid": file.sha256, "size": len(file.content), "pointerSize": 134}
    return {
        "type": "file",
        "path": path,
        "oid": file.blob_id,
        "size": len(file.content),
        **({"lfs": lfs} if file.large else {}),
    }


def _about(repo: Repo, commit: Commit | None, blobs: bool = False) -> dict[str, Any]:
    """What the API tells of a repository."""
    siblings = []
    for path, file in sorted(commit.files.items()) if commit else ():
        told = _file(path, file)
        told["blobId"] = told.pop("oid")
        del told["type"]
        siblings.append({"rfilename": told.pop("path"), **(told if blobs else {})})
    return {
        "_id": repo.id,
        "id": repo.id,
        "modelId": repo.id,
        "author": repo.owner,
        "sha": commit.sha if commit else None,
        "private": repo.private,
        "gated": "manual" if repo.gated else False,
        "disabled": repo.disabled,
        "downloads": repo.downloads,
        "likes": repo.likes,
        "tags": repo.tags,
        "library_name": repo.card().get("library_name"),
        "pipeline_tag": repo.card().get("pipeline_tag"),
        "cardData": repo.card(),
        **_weights(commit),
        "lastModified": "2026-11-01T12:00:00.000Z",
        "createdAt": "2026-10-01T12:00:00.000Z",
        "siblings": siblings,
    }


def _weights(commit: Commit | None) -> dict[str, Any]:
    """What the API tells of a repository's weights."""
    file = commit.files.get("model.safetensors") if commit else None
    try:
        header = (
            json.JSONDecoder().raw_decode(file.content[8:].decode("latin-1"))[0] if file else {}
        )
        shapes = [tensor["shape"] for tensor in header.values() if "shape" in tensor]
    except (ValueError, TypeError, AttributeError):
        return {}
    total = sum(math.prod(shape) for shape in shapes)
    return {"safetensors": {"parameters": {"F32": total}, "total": total}} if file else {}


@_at("GET /api/models")
def _search(hub: Hub, request: Request) -> Reply:
    query = request.query
    user = user_of(hub, request)
    found = [repo for repo in hub.repos.values() if repo.may_see(user.name if user else None)]
    for tag in query.get("filter", []):
        found = [repo for repo in found if tag in repo.tags]
    for words in query.get("search", []):
        found = [repo for repo in found if words.lower() in repo.id.lower()]
    for author in query.get("author", []):
        found = [repo for repo in found if repo.owner == author]
    found.sort(key=lambda repo: -repo.downloads)
    limit = int(query.get("limit", ["1000"])[0])
    about = [_about(repo, repo.at("main")) for repo in found[:limit]]
    if query.get("expand"):
        kept = {"_id", "id", "modelId", *query["expand"]}
        about = [{k: v for k, v in told.items() if k in kept} for told in about]
    return as_json(about)


@_at(rf"GET /api/models/{_NAME}(/revision/(?P<revision>[^/]+))?")
def _info(hub: Hub, request: Request, repo: str, revision: str = "main") -> Reply:
    found = _repo(hub, request, repo)
    commit = _commit(found, revision) if found.commits or revision != "main" else None
    return as_json(_about(found, commit, blobs="blobs" in request.query))


@_at(rf"GET /api/models/{_NAME}/tree/(?P<revision>[^/]+)(/.*)?")
def _tree(hub: Hub, request: Request, repo: str, revision: str) -> Reply:
    commit = _commit(_repo(hub, request, repo), revision)
    return as_json([_file(path, file) for path, file in sorted(commit.files.items())])


@_at(rf"POST /api/models/{_NAME}/paths-info/(?P<revision>[^/]+)")
def _paths(hub: Hub, request: Request, repo: str, revision: str) -> Reply:
    commit = _commit(_repo(hub, request, repo), revision)
    form = parse_qs(request.body.decode())
    wanted = form.get("paths") or request.json.get("paths", [])
    return as_json([_file(path, commit.files[path]) for path in wanted if path in commit.files])


@_at(rf"(GET|HEAD) /{_NAME}/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
def _resolve(hub: Hub, request: Request, repo: str, revision: str, path: str) -> Reply:
    found = _repo(hub, request, repo, files=True)
    commit = _commit(found, revision)
    file = commit.files.get(path)
    if file is None:
        raise Refused(404, "Entry not found", "EntryNotFound", X_Repo_Commit=commit.sha)
    told = {"X-Repo-Commit": commit.sha, "ETag": f'"{file.etag}"'}
    if not file.large:
        place = f"/api/resolve-cache/models/{repo}/{commit.sha}/{path}"
        return Reply(307, {**told, "Location": place})
    linked = {"X-Linked-Etag": f'"{file.etag}"', "X-Linked-Size": str(len(file.content))}
    return Reply(302, {**told, **linked, "Location": f"{hub.cdn}/lfs/{file.sha256}?signed"})


@_at(rf"(GET|HEAD) /api/resolve-cache/models/{_NAME}/(?P<revision>[^/]+)/(?P<path>.+)")
def _small(hub: Hub, request: Request, repo: str, revision: str, path: str) -> Reply:
    commit = _commit(_repo(hub, request, repo, files=True), revision)
    file = commit.files[path]
    told = {"X-Repo-Commit": commit.sha, "ETag": f'"{file.etag}"'}
    return _part(request, file.content, told)


@_at(r"(GET|HEAD) /lfs/(?P<oid>\w+)")
def _large(hub: Hub, request: Request, oid: str) -> Reply:
    content = hub.content(oid)
    if content is None or request.token:  # a signed address refuses a token beside its signature
        return Reply(404 if content is None else 400)
    return _part(request, content, {"ETag": f'"{oid}"'})


def _part(request: Request, content: bytes, headers: dict[str, str]) -> Reply:
    """All of a file, or what is asked of it."""
    asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    begin = int(asked[1]) if asked else 0
    headers = {**headers, "Accept-Ranges": "bytes", "Content-Length": str(len(content) - begin)}
    if not asked:
        return Reply(200, headers, content)
    span = f"bytes {begin}-{len(content) - 1}/{len(content)}"
    return Reply(206, {**headers, "Content-Range": span}, content[begin:])


@_at("GET /api/whoami-v2")
def _whoami(hub: Hub, request: Request) -> Reply:
    user = user_of(hub, request)
    if user is None:
        raise Refused(401, "Invalid username or password.")
    member = [name for name, members in hub.organisations.items() if user.name in members]
    role = {"role": "write" if user.writes else "read", "displayName": "test"}
    return as_json(
        {
            "type": "user",
            "name": user.name,
            "fullname": user.name.title(),
            "orgs": [{"type": "org", "name": name, "roleInOrg": "admin"} for name in member],
            "auth": {"type": "access_token", "accessToken": role},
        }
    )


@_at("POST /api/repos/create")
def _create(hub: Hub, request: Request) -> Reply:
    asked = request.json
    user = user_of(hub, request)
    owner = asked.get("organization") or (user.name if user else "")
    _writer(hub, request, owner)
    name = f"{owner}/{asked['name']}"
    if name in hub.repos:
        return as_json({"error": "You already created this repo", "url": f"{hub.url}/{name}"}, 409)
    private = asked.get("visibility") == "private" or bool(asked.get("private"))
    hub.add(name, {".gitattributes": b"*.safetensors filter=lfs\n"}, private=private)
    return as_json({"url": f"{hub.url}/{name}", "name": name, "id": name})


@_at("POST /api/validate-yaml")
def _validate(hub: Hub, request: Request) -> Reply:
    text = request.json["content"]
    errors = []
    if text.startswith("---\n"):
        try:
            yaml.safe_load(text.removeprefix("---\n").partition("\n---\n")[0])
        except yaml.YAMLError as error:
            errors = [{"message": str(error)}]
    return as_json({"errors": errors, "warnings": []}, 400 if errors else 200)


@_at(rf"POST /api/models/{_NAME}/preupload/(?P<revision>[^/]+)")
def _preupload(hub: Hub, request: Request, repo: str, revision: str) -> Reply:
    found = _repo(hub, request, repo)
    _writer(hub, request, found.owner)
    head = found.at(revision)
    files = []
    for file in request.json["files"]:
        before = head.files.get(file["path"]) if head else None
        files.append(
            {
                "path": file["path"],
                "uploadMode": "lfs" if is_large(file["path"], file["size"]) else "regular",
                "shouldIgnore": False,
                "oid": before.etag if before else None,
            }
        )
    return as_json({"files": files})


@_at(rf"POST /{_NAME}\.git/info/lfs/objects/batch")
def _batch(hub: Hub, request: Request, repo: str) -> Reply:
    _writer(hub, request, _repo(hub, request, repo).owner)
    objects = []
    for wanted in request.json["objects"]:
        told = {"oid": wanted["oid"], "size": wanted["size"]}
        if hub.content(wanted["oid"]) is None:
            told["actions"] = {
                "upload": {"href": f"{hub.cdn}/upload/{wanted['oid']}"},
                "verify": {"href": f"{hub.url}/{repo}.git/info/lfs/verify"},
            }
        objects.append(told)
    return as_json({"transfer": "basic", "objects": objects})


@_at(r"PUT /upload/(?P<oid>\w+)")
def _upload(hub: Hub, request: Request, oid: str) -> Reply:
    if hashlib.sha256(request.body).hexdigest() != oid:
        return Reply(400)
    hub.large[oid] = request.body
    return Reply(200, {"ETag": f'"{oid}"'})


@_at(rf"POST /{_NAME}\.git/info/lfs/verify")
def _verify(hub: Hub, request: Request, repo: str) -> Reply:
    content = hub.content(request.json["oid"])
    return Reply(200 if content is not None and len(content) == request.json["size"] else 404)


@_at(rf"POST /api/models/{_NAME}/commit/(?P<revision>[^/]+)")
def _commit_files(hub: Hub, request: Request, repo: str, revision: str) -> Reply:
    found = _repo(hub, request, repo)
    _writer(hub, request, found.owner)
    head = found.at(revision)
    files = dict(head.files) if head else {}
    message = ""
    for line in request.body.splitlines():
        entry = json.loads(line)
        key, value = entry["key"], entry["value"]
        match key:
            case "header":
                message = value["summary"]
                if "parentCommit" in value and (not head or value["parentCommit"] != head.sha):
                    raise Refused(412, "A commit has happened since. Please refresh and try again.")
            case "file":
                files[value["path"]] = Stored(base64.b64decode(value["content"]))
            case "lfsFile":
                content = hub.content(value["oid"])
                if content is None:
                    raise Refused(400, f"LFS pointer points to a missing file: {value['path']}")
                files[value["path"]] = Stored(content, large=True)
            case "deletedFile":
                files.pop(value["path"], None)
            case _:
                raise Refused(400, f"unknown operation {key}")
    sha = found.commit(files, message, revision)
    url = f"{hub.url}/{repo}/commit/{sha}"
    return as_json({"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""})


@_at("DELETE /api/repos/delete")
def _delete(hub: Hub, request: Request) -> Reply:
    asked = request.json
    owner = asked.get("organization") or ""
    _writer(hub, request, owner)
    if hub.repos.pop(f"{owner}/{asked['name']}", None) is None:
        raise Refused(404, "Repository not found", "RepoNotFound")
    return Reply()
