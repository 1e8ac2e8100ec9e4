"""Taking a pulled model away: out of our index, and its files out of the Hub's cache."""

from __future__ import annotations

from pathlib import Path

from rnntui.checkpoints.hub import index
from rnntui.files import file_problem


def remove(model: index.Pulled) -> int:
    """Forget a pulled model, and free what only it keeps in the cache.

    Other revisions of the same repository stay, those of other programs too.

    Returns:
        The bytes that were freed.

    Raises:
        FileProblem: the cache cannot be written.
    """
    from huggingface_hub import CacheNotFound, scan_cache_dir

    index.forget(model)
    place = Path(model.folder).parent.parent.parent  # cache/models--owner--name/snapshots/commit
    kept = {other.commit for other in index.pulled() if other.repo == model.repo}
    try:
        cache = scan_cache_dir(place)
        there = {
            revision.commit_hash
            for repo in cache.repos
            if repo.repo_id == model.repo and repo.repo_type == "model"
            for revision in repo.revisions
        }
        unneeded = ({model.commit, *model.older} - kept) & there
        freeing = cache.delete_revisions(*unneeded)
        freed = int(freeing.expected_freed_size)
        freeing.execute()
    except (CacheNotFound, ValueError):  # ValueError: a file is in its place
        return 0
    except OSError as error:
        raise file_problem(error, place, "write") from error
    return freed
